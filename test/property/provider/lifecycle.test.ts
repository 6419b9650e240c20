import { expect } from "chai";
import fc from "fast-check";
import type { Bag } from "@overlaynet/provider/engine";
import { containerKind } from "@overlaynet/provider/resource/container";
import { MemberResource } from "@overlaynet/provider/resource/member";
import { OverlayResource } from "@overlaynet/provider/resource/overlay";
import { PartialFailure } from "@overlaynet/provider/resource/partial";
import { FakeFleet, fakeServices } from "../../unit/provider/fake-fleet.js";
import { checked, hosts } from "../../unit/provider/samples.js";

const names = ["a", "b", "c"] as const;

/** What a program, a network or a person can do next. */
type Event =
  | { kind: "edit"; change: Bag; on: readonly string[] }
  | { kind: "power"; host: (typeof names)[number]; on: boolean }
  | { kind: "fault"; host: (typeof names)[number]; code: "refused" | "failed"; times: number }
  | { kind: "forget"; host: (typeof names)[number] };

const host = fc.constantFrom(...names);
const placed = fc.subarray([...names], { minLength: 1 });

function events(change: fc.Arbitrary<Bag>): fc.Arbitrary<Event[]> {
  return fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("edit" as const), change, on: placed }) },
      fc.record({ kind: fc.constant("power" as const), host, on: fc.boolean() }),
      fc.record({
        kind: fc.constant("fault" as const),
        host,
        code: fc.constantFrom("refused" as const, "failed" as const),
        times: fc.integer({ min: 1, max: 4 }),
      }),
      fc.record({ kind: fc.constant("forget" as const), host }),
    ),
    { maxLength: 12 },
  );
}

type Work = Pick<OverlayResource, "create" | "read" | "update" | "delete" | "diff">;

/** A resource as the engine keeps it: what it recorded, partial or whole. */
class Recorded {
  id: string | undefined;
  props: Bag = {};
  private initFailed = false;

  constructor(private readonly work: Work) {}

  /** One `up`: create, or update when there is a difference; a failure leaves what the engine would record. */
  async up(inputs: Bag): Promise<void> {
    try {
      if (this.id === undefined) {
        const { id, outs } = await this.work.create(inputs);
        this.id = id;
        this.props = { ...outs, __provider: "shim" };
        return;
      }
      const { changes, replaces } = this.work.diff(this.props, inputs);
      if (changes === false && !this.initFailed) return;
      expect(replaces).to.equal(undefined);
      const { outs } = await this.work.update(this.id, this.props, inputs);
      this.props = { ...outs, __provider: "shim" };
      this.initFailed = false;
    } catch (error) {
      if (!(error instanceof PartialFailure)) return;
      expect(error.reasons).not.to.deep.equal([]);
      expect(error.properties["__provider"]).to.equal("shim");
      this.id = error.id;
      this.props = error.properties;
      this.initFailed = true;
    }
  }

  /** One `refresh` with every host up: what it found goes into what is recorded. */
  async refresh(): Promise<boolean> {
    if (this.id === undefined) return false;
    const { id, props } = await this.work.read(this.id, this.props);
    this.id = id;
    this.props = { ...(props ?? {}), __provider: "shim" };
    return "drift" in this.props;
  }
}

/** Plays events, then repairs everything, and expects that all hosts hold what was last asked, and after delete nothing. */
async function play(
  events: readonly Event[],
  kind: "overlay" | "container",
  work: (fleet: FakeFleet) => Work,
  inputsOf: (event: { change: Bag; on: readonly string[] }) => Bag,
): Promise<void> {
  const fleet = new FakeFleet(...names);
  const recorded = new Recorded(work(fleet));
  let inputs = inputsOf({ change: {}, on: names });
  for (const event of events) {
    if (event.kind === "power") fleet.host(event.host).reachable = event.on;
    if (event.kind === "forget") fleet.host(event.host).held.clear();
    if (event.kind === "fault") {
      fleet.host(event.host).failNext = { kind, code: event.code, message: "made to fail", times: event.times };
    }
    if (event.kind !== "edit") continue;
    inputs = inputsOf(event);
    await recorded.up(inputs);
  }
  for (const each of fleet.hosts.values()) {
    each.reachable = true;
    each.failNext = undefined;
  }
  await recorded.up(inputs);
  if (await recorded.refresh()) await recorded.up(inputs);
  await recorded.up(inputs);
  expect(recorded.props).not.to.have.any.keys("pending", "drift", "leaving");
  expect(await recorded.refresh(), "drift after repair").to.equal(false);
  await work(fleet).delete(recorded.id ?? "", recorded.props);
}

describe("the life of an Overlay", () => {
  const change = fc.record({ mtu: fc.integer({ min: 1000, max: 1450 }), learning: fc.boolean() }, { requiredKeys: [] });

  it("converges on what was asked last, whatever happened, and leaves nothing", async () => {
    await fc.assert(
      fc.asyncProperty(events(change), async (given) => {
        let fleet: FakeFleet | undefined;
        const services = new Map<FakeFleet, OverlayResource>();
        const work = (made: FakeFleet): OverlayResource => {
          fleet = made;
          const known = services.get(made) ?? new OverlayResource(fakeServices(made));
          services.set(made, known);
          return known;
        };
        await play(given, "overlay", work, (event) => checked.overlay({ ...event.change, hosts: hosts(...event.on) }));
        for (const each of fleet?.hosts.values() ?? []) {
          const stay = each.specs("overlay").filter((spec) => spec.kind === "overlay" && !spec.leaving);
          expect(stay, each.name).to.deep.equal([]);
        }
      }),
    );
  });
});

describe("the life of a Container", () => {
  const change = fc.record({ ip: fc.constantFrom("7.7.7.2", "7.7.7.8"), gateway: fc.boolean() }, { requiredKeys: [] });

  it("converges on what was asked last, wherever it moved, and leaves nothing", async () => {
    await fc.assert(
      fc.asyncProperty(events(change), async (given) => {
        let fleet: FakeFleet | undefined;
        const made = new Map<FakeFleet, Work>();
        const work = (each: FakeFleet): Work => {
          fleet = each;
          const known = made.get(each) ?? new MemberResource(containerKind, fakeServices(each));
          made.set(each, known);
          return known;
        };
        await play(given, "container", work, (event) =>
          checked.container({ ...event.change, host: event.on[0] }, { hosts: hosts(...event.on) }),
        );
        for (const each of fleet?.hosts.values() ?? []) expect(each.held.size, each.name).to.equal(0);
      }),
    );
  });
});
