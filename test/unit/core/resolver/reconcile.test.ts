import { compareAll, countIgnored, rulesOf } from "@overlaynet/core/resolver/index";
import { ipFromNumber, macFromNumber } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { config, here, packed, named, rules } from "./samples.js";
import {
  actionsOf,
  alias,
  deleteForwarding,
  elsewhere,
  forwarding,
  kernel,
  known,
  learning,
  miss,
  neighbour,
  newMac,
  pink,
  pinkMac,
  setForwarding,
  setNeighbour,
  there,
} from "./tables.js";

describe("records and kernel compared", () => {
  const cases = [
    ["an empty kernel is filled", config, known, kernel(), [setForwarding, setNeighbour]],
    ["what is as it should be stays", config, known, kernel(neighbour(), forwarding()), []],
    ["with miss, what is absent stays absent", miss, known, kernel(), []],
    [
      "with miss, what is there follows the records",
      miss,
      known,
      kernel(neighbour({ mac: newMac }), forwarding({ vtep: elsewhere })),
      [setForwarding, setNeighbour],
    ],
    [
      "a neighbour that is not permanent is a black hole",
      config,
      known,
      kernel(neighbour({ permanent: false }), forwarding()),
      [setNeighbour],
    ],
    [
      "a neighbour the kernel gave up on is one too",
      miss,
      known,
      kernel(neighbour({ mac: undefined, permanent: false, own: false })),
      [setNeighbour],
    ],
    [
      "a forwarding entry with a VNI of its own is made plain",
      config,
      known,
      kernel(neighbour(), forwarding({ plain: false })),
      [setForwarding],
    ],
    [
      "one that may age goes first, since the kernel would keep its state",
      config,
      known,
      kernel(neighbour(), forwarding({ permanent: false, own: false })),
      [deleteForwarding, setForwarding],
    ],
    [
      "what is ours and not recorded goes, after all additions",
      config,
      packed({ [alias]: [newMac, there] }),
      kernel(neighbour(), forwarding()),
      [
        { ...setForwarding, mac: newMac },
        { do: "set-neighbour", ip: alias, mac: newMac },
        { do: "delete-neighbour", ip: pink },
        deleteForwarding,
      ],
    ],
    [
      "what is others' and not recorded stays",
      config,
      packed({}),
      kernel(neighbour({ own: false }), forwarding({ own: false })),
      [],
    ],
    [
      "what moved to this host goes: local traffic must not enter the tunnel (moby#29024)",
      config,
      packed({ [pink]: [pinkMac, here] }),
      kernel(neighbour(), forwarding()),
      [{ do: "delete-neighbour", ip: pink }, deleteForwarding],
    ],
    [
      "a MAC that one of two addresses still has stays (moby 1c2b744ca2)",
      config,
      known,
      kernel(neighbour(), neighbour({ ip: alias }), forwarding()),
      [{ do: "delete-neighbour", ip: alias }],
    ],
    [
      "two addresses can have one MAC without end to the changes (calico#9450)",
      config,
      packed({ [pink]: [pinkMac, there], [alias]: [pinkMac, there] }),
      kernel(neighbour(), neighbour({ ip: alias }), forwarding()),
      [],
    ],
    [
      "addresses outside and the gateway's are not written",
      config,
      packed({ "8.8.8.8": [newMac], "7.7.7.1": [newMac] }),
      kernel(),
      [],
    ],
    ["a neighbour whose MAC has no VTEP is not written", config, packed({ [pink]: [pinkMac] }), kernel(), []],
    ["with learning, it is", learning, packed({ [pink]: [pinkMac] }), kernel(), [setNeighbour]],
    ["with learning, forwarding entries are not pushed", learning, known, kernel(neighbour()), []],
    [
      "with learning, one that leads elsewhere is corrected",
      learning,
      known,
      kernel(neighbour(), forwarding({ vtep: elsewhere, permanent: false, own: false })),
      [setForwarding],
    ],
    [
      "with learning, ours of before may age from now on",
      learning,
      known,
      kernel(neighbour(), forwarding()),
      [setForwarding],
    ],
  ] as const;
  for (const [title, with_, recorded, held, expected] of cases) {
    it(title, () => {
      expect(actionsOf(compareAll(recorded, rulesOf(with_), held))).to.deep.equal(expected);
    });
  }

  it("with learning, what was learnt goes with the record that said the same", () => {
    const learnt = kernel(forwarding({ permanent: false, own: false }));
    expect(actionsOf(compareAll(packed({}), rulesOf(learning), learnt, known.fdb))).to.deep.equal([deleteForwarding]);
    expect(actionsOf(compareAll(packed({}), rulesOf(learning), learnt))).to.deep.equal([]);
    const strange = kernel(forwarding({ permanent: false, own: false, vtep: elsewhere }));
    expect(actionsOf(compareAll(packed({}), rulesOf(learning), strange, known.fdb))).to.deep.equal([]);
  });

  it("tells which neighbours have another MAC now, for containers to be told", () => {
    const moves = compareAll(packed({ [pink]: [newMac, there] }), rules, kernel(neighbour(), forwarding()));
    expect(named(moves.neighbours.moved, ipFromNumber, macFromNumber)).to.deep.equal({ [pink]: newMac });
    expect(compareAll(known, rules, kernel()).neighbours.moved.size).to.equal(0);
  });

  it("counts what it adds, changes, removes, and what is held in the end", () => {
    const held = kernel(neighbour({ mac: newMac }), neighbour({ ip: alias }), forwarding({ mac: newMac }));
    const { added, changed, removed, neighbours, forwarding: kept } = compareAll(known, rules, held);
    expect({ added, changed, removed, neighbours: neighbours.held, kept: kept.held }).to.deep.equal({
      added: 1,
      changed: 1,
      removed: 2,
      neighbours: 1,
      kept: 1,
    });
  });

  it("counts the records that do not count", () => {
    const all = packed({ "8.8.8.8": [newMac], "7.7.7.1": [newMac], "7.7.7.9": [newMac], [pink]: [pinkMac, here] });
    expect(countIgnored(all, rules)).to.equal(2);
  });
});
