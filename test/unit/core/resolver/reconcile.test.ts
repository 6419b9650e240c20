import { type Ip, type Mac, parseIp, parseMac } from "@overlaynet/core/model/index";
import {
  countIgnored,
  describeDrift,
  type EntryEvent,
  type Forwarding,
  isDrift,
  type KernelEntries,
  type Neighbour,
  reconcile,
} from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import { config, here, records } from "./samples.js";

const pink = parseIp("7.7.7.3");
const alias = parseIp("7.7.7.13");
const pinkMac = parseMac("02:42:07:07:07:03");
const newMac = parseMac("02:42:07:07:07:33");
const there = parseIp("192.168.64.28");
const elsewhere = parseIp("192.168.64.29");

const neighbour = (given: Partial<Neighbour> = {}): Neighbour => {
  return { ip: pink, mac: pinkMac, permanent: true, own: true, ...given };
};
const forwarding = (given: Partial<Forwarding> = {}): Forwarding => {
  return { mac: pinkMac, vtep: there, permanent: true, own: true, plain: true, ...given };
};

function kernel(...entries: (Neighbour | Forwarding)[]): KernelEntries {
  const neighbours = new Map<Ip, Neighbour>();
  const table = new Map<Mac, Forwarding>();
  for (const entry of entries) {
    if ("ip" in entry) neighbours.set(entry.ip, entry);
    else table.set(entry.mac, entry);
  }
  return { neighbours, forwarding: table };
}

const known = records({ [pink]: [pinkMac, there] });
const setNeighbour = { do: "set-neighbour", ip: pink, mac: pinkMac } as const;
const setForwarding = { do: "set-forwarding", mac: pinkMac, vtep: there, permanent: true } as const;
const deleteForwarding = { do: "delete-forwarding", mac: pinkMac } as const;
const miss = { ...config, resolve: "miss" } as const;
const learning = { ...config, learning: true };

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

describe("drift in words", () => {
  it("names device, entry, what is and what should be", () => {
    const held = kernel(
      neighbour({ mac: newMac }),
      neighbour({ ip: alias }),
      forwarding({ vtep: elsewhere }),
      forwarding({ mac: newMac }),
    );
    const more = records({ [pink]: [pinkMac, there], "7.7.7.4": ["02:42:07:07:07:04", there] });
    expect(describeDrift(more, config, held)).to.deep.equal([
      "vxlan1 forwarding entry 02:42:07:07:07:03 leads to 192.168.64.29, want 192.168.64.28",
      "vxlan1 forwarding entry 02:42:07:07:07:04 missing, want 192.168.64.28",
      "vxlan1 neighbour 7.7.7.3 is 02:42:07:07:07:33, want 02:42:07:07:07:03",
      "vxlan1 neighbour 7.7.7.4 missing, want 02:42:07:07:07:04",
      "vxlan1 neighbour 7.7.7.13 left over, want none",
      "vxlan1 forwarding entry 02:42:07:07:07:33 left over, want none",
    ]);
  });

  it("tells each entry once, whatever mending it takes", () => {
    const held = kernel(neighbour({ mac: undefined, permanent: false }), forwarding({ permanent: false, own: false }));
    expect(describeDrift(known, config, held)).to.deep.equal([
      "vxlan1 forwarding entry 02:42:07:07:07:03 is of another kind, want permanent",
      "vxlan1 neighbour 7.7.7.3 is unresolved, not permanent, want 02:42:07:07:07:03",
    ]);
  });
});

describe("a change that the kernel reports", () => {
  const cases: readonly [title: string, event: EntryEvent, push: boolean, miss: boolean][] = [
    ["ours, as it was written", { table: "neighbour", gone: false, entry: neighbour() }, false, false],
    ["ours, deleted", { table: "neighbour", gone: true, entry: neighbour() }, true, false],
    ["another MAC", { table: "neighbour", gone: false, entry: neighbour({ mac: newMac }) }, true, true],
    ["no longer permanent", { table: "neighbour", gone: false, entry: neighbour({ permanent: false }) }, true, true],
    [
      "a stranger's neighbour",
      { table: "neighbour", gone: false, entry: neighbour({ ip: alias, own: false }) },
      false,
      false,
    ],
    [
      "one that bears our stamp and has no record",
      { table: "neighbour", gone: false, entry: neighbour({ ip: alias }) },
      true,
      true,
    ],
    ["a forwarding entry, as it was written", { table: "forwarding", gone: false, entry: forwarding() }, false, false],
    ["a forwarding entry deleted", { table: "forwarding", gone: true, entry: forwarding() }, true, false],
    ["another VTEP", { table: "forwarding", gone: false, entry: forwarding({ vtep: elsewhere }) }, true, true],
    [
      "a stranger's MAC",
      { table: "forwarding", gone: true, entry: forwarding({ mac: newMac, own: false }) },
      false,
      false,
    ],
  ];
  for (const [title, event, push, whenAsked] of cases) {
    it(`${title}: ${push ? "to be mended" : "nothing to do"}`, () => {
      expect(isDrift(known, config, event)).to.equal(push);
      expect(isDrift(known, miss, event)).to.equal(whenAsked);
      if (event.table === "forwarding") expect(isDrift(known, learning, event)).to.equal(false);
    });
  }
});
