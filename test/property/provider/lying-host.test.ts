import { ApplyResult, ReadResult, RemoveResult } from "@overlaynet/core/protocol";
import type { Bag } from "@overlaynet/provider/engine";
import { HostFailure } from "@overlaynet/provider/host-failure";
import { containerKind } from "@overlaynet/provider/resource/container";
import { MemberResource } from "@overlaynet/provider/resource/member";
import { OverlayResource } from "@overlaynet/provider/resource/overlay";
import { PartialFailure } from "@overlaynet/provider/resource/partial";
import { Failures } from "@overlaynet/provider/resource/reach";
import { expect } from "chai";
import fc from "fast-check";
import { containerFile, overlayFile } from "../../model-kernel/specs.js";
import { FakeFleet, type FakeHost, fakeServices } from "../../unit/provider/fake-fleet.js";
import { checked, hosts } from "../../unit/provider/samples.js";

const secret = "canary-81c2";
const words = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("a", secret, "\u001b[2J")), {
  maxLength: 3,
});
/** What is another overlay's, another host's or another container's; the protocol lets it pass. */
const spec = fc.oneof(
  fc.record({ mtu: fc.integer({ min: 576, max: 9000 }), vni: fc.integer({ min: 1, max: 9 }) }).map((given) => {
    return overlayFile({ ...given, host: "a", hosts: { a: "10.9.9.9", z: "10.9.9.8" } }).spec;
  }),
  fc.constantFrom("red", "green").map((name) => containerFile(name, "7.7.7.77", { vtep: "10.9.9.9" }).spec),
);
const lie: fc.Arbitrary<FakeHost["lies"]> = fc.record(
  {
    read: fc
      .record({ found: fc.boolean(), drift: words, spec }, { requiredKeys: ["found", "drift"] })
      .map((given) => ReadResult.parse(given)),
    apply: fc.record({ steps: fc.integer(), repaired: words }).map((given) => ApplyResult.parse(given)),
    remove: fc.record({ removed: fc.boolean() }).map((given) => RemoveResult.parse(given)),
  },
  { requiredKeys: [] },
);
const codes = fc.constantFrom("refused" as const, "failed" as const, "stale" as const, "protocol" as const);
const turn = fc.record({ lie, fails: fc.option(codes, { nil: undefined }) });
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

type Work = Pick<OverlayResource, "create" | "read" | "update" | "delete">;

/** Creates, refreshes, updates, refreshes and deletes while b says what it likes, one turn for each. Answers what a was made to hold before the end, and after it. */
async function play(
  turns: readonly Turn[],
  kind: "overlay" | "container",
  make: (fleet: FakeFleet) => Work,
  inputs: readonly [Bag, Bag],
): Promise<{ before: unknown[]; after: number; fleet: FakeFleet; props: Bag }> {
  const fleet = new FakeFleet("a", "b");
  const [work, b] = [make(fleet), fleet.host("b")];
  let [id, props]: [string, Bag] = ["", {}];
  const acts: (() => Promise<unknown>)[] = [
    () => work.create(inputs[0]).then((made) => ([id, props] = [made.id, made.outs])),
    () => work.read(id, props).then((read) => (props = read.props ?? props)),
    () => work.update(id, props, inputs[1]).then(({ outs }) => (props = outs)),
    () => work.read(id, props).then((read) => (props = read.props ?? props)),
    () => work.update(id, props, inputs[1]).then(({ outs }) => (props = outs)),
  ];
  for (const [index, act] of acts.entries()) {
    const now = turns[index];
    b.lies = now?.lie ?? {};
    b.failNext = now?.fails === undefined ? undefined : { kind, code: now.fails, message: `no, ${secret}`, times: 9 };
    await act().catch((error: unknown) => {
      if (error instanceof PartialFailure) [id, props] = [error.id, error.properties];
      else if (!(error instanceof Failures || error instanceof HostFailure)) throw error;
    });
  }
  const before = [...fleet.host("a").held.values()].map(({ spec: held }) => ({ ...held, overlayId: "" }));
  b.failNext = undefined;
  await work.delete(id, props).catch((error: unknown) => {
    if (!(error instanceof Failures || error instanceof HostFailure)) throw error;
  });
  return { before, after: fleet.host("a").held.size, fleet, props };
}

const withSecret = { a: { address: "192.168.64.27", connection: { password: secret } }, ...hosts("b") };

describe("a host that lies in its answers", () => {
  it("has what another host is asked for an Overlay not changed by a word, and gets no secret of it", async () => {
    const inputs = [checked.overlay({ hosts: withSecret }), checked.overlay({ hosts: withSecret, mtu: 1400 })] as const;
    const make = (fleet: FakeFleet): Work => new OverlayResource(fakeServices(fleet));
    const honest = await play([], "overlay", make, inputs);
    expect(honest.before).to.have.length(1);
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 5, maxLength: 5 }), async (turns) => {
        // A create that fails on b may be a failure as a whole: then there is nothing to compare.
        const told = await play([{ lie: turns[0]!.lie, fails: undefined }, ...turns.slice(1)], "overlay", make, inputs);
        expect(told.before).to.deep.equal(honest.before);
        const specs = [...told.fleet.host("b").held.values()];
        expect(JSON.stringify(specs)).not.to.contain(secret);
      }),
    );
  });

  it("has what another host is asked for a Container not changed by a word", async () => {
    const inputs = [
      checked.container({}, { hosts: withSecret }),
      checked.container({ gateway: true }, { hosts: withSecret }),
    ] as const;
    const make = (fleet: FakeFleet): Work => new MemberResource(containerKind, fakeServices(fleet));
    const honest = await play([], "container", make, inputs);
    expect(honest.before).to.have.length(1);
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 5, maxLength: 5 }), async (turns) => {
        const told = await play(
          [{ lie: turns[0]!.lie, fails: undefined }, ...turns.slice(1)],
          "container",
          make,
          inputs,
        );
        expect(told.before).to.deep.equal(honest.before);
        expect(JSON.stringify([...told.fleet.host("b").held.values()])).not.to.contain(secret);
      }),
    );
  });
});
