import type { ResolverConfig } from "@overlaynet/core/records";
import { expect } from "chai";
import fc from "fast-check";
import { config } from "../../../unit/core/resolver/samples.js";
import { expectInStep } from "./oracle.js";
import { type Step, step } from "./steps.js";
import { World } from "./world.js";

const configs = fc
  .record({ learning: fc.boolean(), resolve: fc.constantFrom("push" as const, "miss" as const) })
  .map((choice): ResolverConfig => ({ ...config, ...choice }));

/** How many long histories; OVERLAYNET_HISTORIES asks for more, OVERLAYNET_SEED for those of an earlier run. */
const histories = Number(process.env["OVERLAYNET_HISTORIES"] ?? 8);
const seed = Number(process.env["OVERLAYNET_SEED"] ?? Date.now() % 2 ** 31);

function live(with_: ResolverConfig, history: readonly Step[]): void {
  const world = new World(with_);
  try {
    for (const happening of history) world.take(happening);
    world.settle();
    expectInStep(world.entries(), world.disk, world.config);
    const { changes } = world.kernel;
    world.take({ do: "killed" });
    world.settle();
    expect(world.kernel.changes, "a resolver that finds all as it should be changes nothing").to.equal(changes);
  } finally {
    world.disk.remove();
  }
}

describe("the resolver, whatever happens: kernel = records, nothing of this host outside, nothing foreign touched", function () {
  this.timeout(60_000 + histories * 10_000);

  it("through short histories", () => {
    fc.assert(fc.property(configs, fc.array(step, { minLength: 5, maxLength: 60 }), live), { numRuns: 250, seed });
  });

  it(`through ${histories} histories of 1000 steps, seed ${seed}`, () => {
    const long = fc.array(step, { minLength: 1000, maxLength: 1000, size: "max" });
    fc.assert(fc.property(configs, long, live), { numRuns: histories, seed });
  });
});
