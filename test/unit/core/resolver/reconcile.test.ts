import { countIgnored, reconcile } from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import { config, here, records } from "./samples.js";
import {
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
      records({ [alias]: [newMac, there] }),
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
      records({}),
      kernel(neighbour({ own: false }), forwarding({ own: false })),
      [],
    ],
    [
      "what moved to this host goes: local traffic must not enter the tunnel (moby#29024)",
      config,
      records({ [pink]: [pinkMac, here] }),
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
      records({ [pink]: [pinkMac, there], [alias]: [pinkMac, there] }),
      kernel(neighbour(), neighbour({ ip: alias }), forwarding()),
      [],
    ],
    [
      "addresses outside and the gateway's are not written",
      config,
      records({ "8.8.8.8": [newMac], "7.7.7.1": [newMac] }),
      kernel(),
      [],
    ],
    ["a neighbour whose MAC has no VTEP is not written", config, records({ [pink]: [pinkMac] }), kernel(), []],
    ["with learning, it is", learning, records({ [pink]: [pinkMac] }), kernel(), [setNeighbour]],
    ["with learning, forwarding entries are not pushed", learning, known, kernel(neighbour()), []],
    [
      "with learning, one that leads elsewhere is corrected",
      learning,
      known,
      kernel(neighbour(), forwarding({ vtep: elsewhere, permanent: false, own: false })),
      [{ ...setForwarding, permanent: false }],
    ],
    [
      "with learning, ours of before may age from now on",
      learning,
      known,
      kernel(neighbour(), forwarding()),
      [{ ...setForwarding, permanent: false }],
    ],
  ] as const;
  for (const [title, with_, recorded, held, expected] of cases) {
    it(title, () => {
      expect(reconcile(recorded, with_, held).actions).to.deep.equal(expected);
    });
  }

  it("with learning, what was learnt goes with the record that said the same", () => {
    const learnt = kernel(forwarding({ permanent: false, own: false }));
    expect(reconcile(records({}), learning, learnt, known).actions).to.deep.equal([deleteForwarding]);
    expect(reconcile(records({}), learning, learnt).actions).to.deep.equal([]);
    const strange = kernel(forwarding({ permanent: false, own: false, vtep: elsewhere }));
    expect(reconcile(records({}), learning, strange, known).actions).to.deep.equal([]);
  });

  it("tells which neighbours have another MAC now, for containers to be told", () => {
    const { moved } = reconcile(records({ [pink]: [newMac, there] }), config, kernel(neighbour(), forwarding()));
    expect([...moved]).to.deep.equal([[pink, newMac]]);
    expect(reconcile(known, config, kernel()).moved.size).to.equal(0);
  });

  it("counts what it adds, changes, removes, and what is held in the end", () => {
    const held = kernel(neighbour({ mac: newMac }), neighbour({ ip: alias }), forwarding({ mac: newMac }));
    const { added, changed, removed, neighbours, forwarding: kept } = reconcile(known, config, held);
    expect({ added, changed, removed, neighbours, kept }).to.deep.equal({
      added: 1,
      changed: 1,
      removed: 2,
      neighbours: 1,
      kept: 1,
    });
  });

  it("counts the records that do not count", () => {
    const all = records({ "8.8.8.8": [newMac], "7.7.7.1": [newMac], "7.7.7.9": [newMac], [pink]: [pinkMac, here] });
    expect(countIgnored(all, config)).to.equal(2);
  });
});
