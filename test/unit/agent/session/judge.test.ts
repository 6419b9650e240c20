import { expect } from "chai";
import type { Desired } from "@overlaynet/core";
import { type Change, type HostFacts, judge } from "@overlaynet/agent/session/judge";
import type { Damaged } from "@overlaynet/agent/store/desired";
import { apply, container, desired, neigh, overlay, remove } from "../fixtures.js";

const nothingInTheWay: HostFacts = { obstacle: () => undefined, uninstalled: false, realPath: (path) => path };

/** One line per request: what was decided, and for a refusal the code and the sentence. */
function decide(stored: readonly Desired[], changes: readonly Change[], facts = nothingInTheWay): string[] {
  return judge(changes, { desired: stored, damaged: [] }, facts).verdicts.map((verdict) =>
    verdict.kind === "refused" ? `${verdict.failure.code}: ${verdict.failure.message}` : verdict.kind,
  );
}

const lab = desired(overlay());
const red = desired(container("red", 2));
const green = desired(container("green", 4));

describe("judging a batch", () => {
  it("takes an overlay and its containers in one batch, in any order", () => {
    expect(decide([], [apply(1, container("red", 2)), apply(2, overlay()), apply(3, neigh("printer", 9))])).to.eql([
      "apply",
      "apply",
      "apply",
    ]);
  });

  it("takes a swap of two addresses", () => {
    const [one, other] = [container("red", 4), container("green", 2)];
    expect(decide([lab, red, green], [apply(1, one, {}, 2), apply(2, other, {}, 2)])).to.eql(["apply", "apply"]);
  });

  it("takes a shift of all addresses by one", () => {
    const names = Array.from({ length: 50 }, (_, index) => `c${index}`);
    const stored = names.map((name, index) => desired(container(name, 10 + index)));
    const changes = names.map((name, index) => apply(index, container(name, 11 + index), {}, 2));
    expect(new Set(decide([lab, ...stored], changes))).to.eql(new Set(["apply"]));
  });

  it("refuses half a swap", () => {
    expect(decide([lab, red, green], [apply(1, container("red", 4), {}, 2)])).to.eql([
      'refused: address 7.7.7.4 in overlay "lab" is taken by container "green" of overlay "lab" (resource "green" of shop/test); choose another ip, or remove that one',
    ]);
  });

  it("takes an address that the same batch frees", () => {
    expect(decide([lab, red], [remove(1, container("red", 2)), apply(2, container("blue", 2))])).to.eql([
      "remove",
      "apply",
    ]);
  });

  it("refuses what counted on a refused request, too", () => {
    const changes = [
      apply(1, container("green", 2), {}, 2),
      apply(2, container("red", 4), {}, 2),
      apply(3, container("blue", 4)),
    ];
    expect(decide([lab, red, green], changes)[2]).to.match(/^refused: address 7\.7\.7\.4/);
    const blocked: HostFacts = { ...nothingInTheWay, obstacle: ({ id }) => (id === 2 ? "a wall." : undefined) };
    const decisions = decide([lab, red, green], changes.slice(0, 2), blocked);
    expect(decisions[1]).to.equal("refused: a wall.");
    expect(decisions[0]).to.match(/^refused: address 7\.7\.7\.2 .* is taken by container "red"/);
  });

  const conflicts: [string, Desired[], Change, RegExp][] = [
    [
      "the same MAC",
      [lab, red],
      apply(1, container("blue", 3, { mac: "02:42:07:07:07:02" })),
      /^refused: MAC 02:42:07/,
    ],
    ["a neighbour entry with a container's address", [lab, red], apply(1, neigh("printer", 2)), /^refused: address 7/],
    [
      "an address outside the network",
      [lab],
      apply(1, container("red", 2, { ip: "7.7.8.2" })),
      /7\.7\.7\.0\/24; choose/,
    ],
    ["the network's last address", [lab], apply(1, container("red", 2, { ip: "7.7.7.255" })), /not a host's/],
    ["the gateway's address", [lab], apply(1, container("red", 1)), /is the overlay's gateway/],
    [
      "the bridge's MAC",
      [lab],
      apply(1, container("red", 2, { mac: "02:6f:76:00:00:2a" })),
      /is the overlay's bridge's/,
    ],
    ["no overlay", [], apply(1, container("red", 2)), /overlay "lab" is not on this host; apply the Overlay first$/],
    [
      "a replaced overlay",
      [lab],
      apply(1, container("red", 2, { overlayId: "lab-0" })),
      /which was replaced meanwhile/,
    ],
    [
      "an overlay's new network that leaves a container outside",
      [lab, red],
      apply(1, overlay({ cidr: "7.7.9.0/24", gateway: "7.7.9.1" }), {}, 2),
      /container "red" of overlay "lab" has the address 7\.7\.7\.2, which is not/,
    ],
    [
      "the same VNI and port",
      [lab],
      apply(1, overlay({ overlay: "other", namespace: "ns2", storage: "/s" })),
      /^refused: VNI 42 on UDP port 4789 is taken by overlay "lab"/,
    ],
    [
      "the same storage folder",
      [lab],
      apply(1, overlay({ overlay: "other", namespace: "ns2", vni: 43 })),
      /^refused: storage folder \/var\/lib\/overlaynet\/lab\/records is taken/,
    ],
    [
      "a container named like another overlay's namespace",
      [lab],
      apply(1, container("overns", 7)),
      /^refused: network namespace "overns" is taken by overlay "lab"/,
    ],
    [
      "another resource's name",
      [lab, red],
      apply(1, container("red", 2), { uid: "x", stack: "prod" }),
      /"red" of shop\/test/,
    ],
    [
      "an older generation",
      [lab, desired(container("red", 2), {}, 5)],
      apply(1, container("red", 3), {}, 4),
      /^stale: /,
    ],
    [
      "an overlay on which another stack's containers live",
      [lab, red, desired(container("green", 4), { stack: "prod" })],
      remove(1, overlay()),
      /^refused: overlay "lab" has containers on this host: "green" \(resource "green" of shop\/prod\); remove them first$/,
    ],
    [
      "a new container on a host that leaves",
      [desired(overlay({ leaving: true })), red],
      apply(1, container("blue", 3)),
      /takes no new containers/,
    ],
    [
      "a host that is not among the hosts",
      [],
      apply(1, overlay({ host: "c" })),
      /"c" is not among the overlay's hosts/,
    ],
  ];
  for (const [what, stored, change, expected] of conflicts) {
    it(`refuses ${what}`, () => {
      expect(decide(stored, [change])[0]).to.match(expected);
    });
  }

  it("lets a name be used in two overlays on different hosts", () => {
    const elsewhere = container("red", 2, { overlay: "other", overlayId: "o-1", host: "b", vtep: "192.168.64.28" });
    const other = overlay({ overlay: "other", overlayId: "o-1", vni: 43, namespace: "ns2", storage: "/s" });
    expect(decide([lab, red, desired(other)], [apply(1, elsewhere)])).to.eql(["apply"]);
  });

  it("gives the resource whose create was interrupted its own back", () => {
    expect(decide([lab, red], [apply(1, container("red", 2), { uid: "new" })])).to.eql(["apply"]);
  });

  it("keeps a container of a leaving host changeable", () => {
    expect(decide([desired(overlay({ leaving: true })), red], [apply(1, container("red", 9), {}, 2)])).to.eql([
      "apply",
    ]);
  });

  it("removes an overlay together with its containers", () => {
    expect(decide([lab, red], [remove(1, overlay()), remove(2, container("red", 2))])).to.eql(["remove", "remove"]);
  });

  it("calls gone what is not there, or is another resource's, or another overlay's by now", () => {
    expect(decide([], [remove(1, container("red", 2))])).to.eql(["gone"]);
    expect(decide([lab, red], [remove(1, container("red", 2), { uid: "other" })])).to.eql(["gone"]);
    expect(decide([lab, red], [remove(1, container("red", 2, { overlayId: "lab-0" }))])).to.eql(["gone"]);
  });

  it("removes an overlay with what of its own stack was deleted while this host was away", () => {
    expect(decide([lab, red], [remove(1, overlay())])).to.eql(["remove"]);
  });

  describe("a desired file that cannot be read", () => {
    const damagedFile = (target: Damaged["target"], uid?: string): Damaged => {
      const file = target?.kind === "container" ? "container-red.json" : "overlay.json";
      return { overlay: "lab", target, uid, file: `/x/desired/${file}`, reason: "it is not JSON" };
    };
    const redsFile = { kind: "container", overlay: "lab", name: "red" } as const;
    const labsFile = { kind: "overlay", overlay: "lab" } as const;
    const verdicts = (damaged: Damaged, stored: readonly Desired[], ...changes: Change[]): string[] =>
      judge(changes, { desired: stored, damaged: [damaged] }, nothingInTheWay).verdicts.map((verdict) =>
        verdict.kind === "refused" ? verdict.failure.message : verdict.kind,
      );

    it("is written again, or removed, by its own resource", () => {
      for (const uid of [undefined, "uid-red"]) {
        const damaged = damagedFile(redsFile, uid);
        expect(verdicts(damaged, [lab], apply(1, container("red", 2)))).to.eql(["apply"]);
        expect(verdicts(damaged, [lab], remove(1, container("red", 2)))).to.eql(["remove"]);
      }
      expect(verdicts(damagedFile(labsFile), [red], apply(1, overlay()))).to.eql(["apply"]);
    });

    it("is not taken by a resource that it does not belong to", () => {
      const [verdict] = verdicts(damagedFile(redsFile, "uid-else"), [lab], apply(1, container("red", 2)));
      expect(verdict).to.match(/another resource's, but its desired state .*container-red\.json cannot be read/);
    });

    it("is not in the way of other resources", () => {
      expect(verdicts(damagedFile(redsFile), [lab], apply(1, container("green", 4)))).to.eql(["apply"]);
    });

    it("stops all of an overlay when it is the overlay's, and the removal of the overlay when it is anybody's", () => {
      const [green] = verdicts(damagedFile(labsFile), [red], apply(1, container("green", 4)));
      expect(green).to.match(/^overlay "lab": its desired state .*overlay\.json cannot be read .* write it again/);
      const [removed] = verdicts(damagedFile(redsFile), [lab], remove(1, overlay()));
      expect(removed).to.match(/^container "red" of overlay "lab": its desired state .* cannot be read/);
    });
  });

  describe("a host that was away", () => {
    const cyan = { ...apply(1, container("cyan", 2), {}, 2), supersede: true };

    it("lets an earlier claim of the same stack yield", () => {
      const { verdicts, superseded, after } = judge([cyan], { desired: [lab, red], damaged: [] }, nothingInTheWay);
      expect(verdicts.map(({ kind }) => kind)).to.eql(["apply"]);
      expect(superseded).to.eql([red]);
      expect([...after.keys()]).to.eql(["overlay/lab", "container/lab/cyan"]);
    });

    it("lets none yield that is later, another stack's, the overlay's, or asked for in the same batch", () => {
      const later = desired(container("red", 2), {}, 3);
      const others = desired(container("red", 2), { stack: "prod" });
      for (const stored of [later, others]) expect(decide([lab, stored], [cyan])[0]).to.match(/^refused: address/);
      expect(decide([lab], [cyan, apply(2, container("red", 2))])).to.have.lengthOf(2);
      expect(decide([lab], [{ ...apply(1, container("red", 1), {}, 2), supersede: true }])[0]).to.match(/gateway/);
      expect(decide([lab, red], [cyan, apply(2, container("red", 2))])[1]).to.match(/^refused: address/);
    });
  });
});
