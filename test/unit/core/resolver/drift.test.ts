import {
  describeDrift,
  type Forwarding,
  isForwardingDrift,
  isNeighbourDrift,
  type Neighbour,
  type Rules,
  rulesOf,
} from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import { config, packed, rules } from "./samples.js";
import {
  alias,
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
  there,
} from "./tables.js";

describe("drift in words", () => {
  it("names device, entry, what is and what should be", () => {
    const held = kernel(
      neighbour({ mac: newMac }),
      neighbour({ ip: alias }),
      forwarding({ vtep: elsewhere }),
      forwarding({ mac: newMac }),
    );
    const more = packed({ [pink]: [pinkMac, there], "7.7.7.4": ["02:42:07:07:07:04", there] });
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

type EntryEvent =
  | { readonly table: "neighbour"; readonly gone: boolean; readonly entry: Neighbour }
  | { readonly table: "forwarding"; readonly gone: boolean; readonly entry: Forwarding };

function isDrift(with_: Rules, event: EntryEvent): boolean {
  return event.table === "neighbour"
    ? isNeighbourDrift(known, with_, event.entry, event.gone)
    : isForwardingDrift(known, with_, event.entry, event.gone);
}

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
      expect(isDrift(rules, event)).to.equal(push);
      expect(isDrift(rulesOf(miss), event)).to.equal(whenAsked);
      if (event.table === "forwarding") expect(isDrift(rulesOf(learning), event)).to.equal(false);
    });
  }
});
