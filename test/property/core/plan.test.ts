import { commandsOf, type Desired, driftOf, objectsOf, plan, tablesOf } from "@overlaynet/core";
import { expect } from "chai";
import fc from "fast-check";
import { ModelKernel } from "../../model-kernel/kernel.js";
import { lacking, surplus, tablesAmiss } from "../../model-kernel/lacking.js";
import { apply, interrupt, planOn } from "../../model-kernel/run.js";
import { Aliens } from "./aliens.js";
import { overlay } from "../../model-kernel/specs.js";
import { desiredState } from "./arbitrary.js";
import { damage, inflict } from "./damage.js";

function reach(kernel: ModelKernel, files: readonly Desired[], previous: readonly Desired[]): void {
  const applied = apply(kernel, overlay, objectsOf(files), { previous: objectsOf(previous) });
  expect(applied.conflicts).to.deep.equal([]);
  expect(applied.failures).to.deep.equal([]);
  expectReached(kernel, files);
}

/** All is there, judged without the planner; and the planner, asked again, has nothing to do. */
function expectReached(kernel: ModelKernel, files: readonly Desired[]): void {
  const desired = objectsOf(files);
  expect(lacking(kernel.observe(), desired).join("; ")).to.equal("");
  expect(surplus(kernel.observe(), desired).join("; ")).to.equal("");
  const tables = kernel.tables(tablesOf(overlay, desired));
  expect(tablesAmiss(overlay, tables, desired)).to.deep.equal([]);
  const again = planOn(kernel, overlay, desired);
  expect(driftOf(again)).to.deep.equal([]);
  expect(commandsOf(again.steps)).to.deep.equal([]);
}

describe("plan", () => {
  it("makes what is desired on an empty host, and then has nothing to do", () => {
    fc.assert(
      fc.property(desiredState, (files) => {
        reach(new ModelKernel(), files, []);
      }),
    );
  });

  it("reaches each of many desired states in any order, in one go, and leaves what is not ours", () => {
    fc.assert(
      fc.property(fc.array(desiredState, { minLength: 2, maxLength: 5 }), (states) => {
        const kernel = new ModelKernel();
        let previous: Desired[] = [];
        for (const files of states) {
          const aliens = new Aliens(kernel);
          reach(kernel, files, previous);
          expect(aliens.missing()).to.deep.equal([]);
          previous = files;
        }
      }),
      { numRuns: 300 },
    );
  });

  it("mends whatever was done to its objects by hand, and leaves what is not ours", () => {
    fc.assert(
      fc.property(desiredState, fc.array(damage, { maxLength: 12 }), desiredState, (files, damages, next) => {
        const kernel = new ModelKernel();
        reach(kernel, files, []);
        for (const one of damages) inflict(kernel, one, ["alien"]);
        const aliens = new Aliens(kernel);
        reach(kernel, files, files);
        expect(aliens.missing()).to.deep.equal([]);
        for (const one of damages) inflict(kernel, one, ["alien"]);
        reach(kernel, next, files);
      }),
      { numRuns: 300 },
    );
  });

  it("finishes what was killed between any two commands, even when something else is desired by then", () => {
    fc.assert(
      fc.property(desiredState, desiredState, desiredState, fc.nat({ max: 60 }), (first, second, third, lines) => {
        const kernel = new ModelKernel();
        reach(kernel, first, []);
        const desired = objectsOf(second);
        const { steps } = planOn(kernel, overlay, desired, { previous: objectsOf(first) });
        interrupt(kernel, steps, lines);
        reach(kernel, third, second);
      }),
      { numRuns: 500 },
    );
  });

  it("finishes what was killed on an empty host", () => {
    fc.assert(
      fc.property(desiredState, fc.nat({ max: 40 }), fc.boolean(), (files, lines, removed) => {
        const kernel = new ModelKernel();
        const desired = objectsOf(files);
        const { steps } = planOn(kernel, overlay, desired, { previous: [] });
        interrupt(kernel, steps, lines);
        reach(kernel, removed ? [] : files, files);
        if (removed) expect([...kernel.namespaces.keys()]).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });

  it("leaves nothing but what is not ours when nothing is desired any more", () => {
    fc.assert(
      fc.property(desiredState, fc.array(damage, { maxLength: 6 }), (files, damages) => {
        const kernel = new ModelKernel();
        reach(kernel, files, []);
        for (const one of damages) inflict(kernel, one, []);
        const aliens = new Aliens(kernel);
        reach(kernel, [], files);
        expect([...kernel.namespaces.keys()]).to.deep.equal(["alien"]);
        expect(aliens.missing()).to.deep.equal([]);
      }),
    );
  });

  it("plans nothing where nobody looked", () => {
    fc.assert(
      fc.property(desiredState, desiredState, (files, next) => {
        const input = { overlay, desired: objectsOf(next), previous: objectsOf(files) };
        const { steps, conflicts } = plan({ ...input, observation: new Map() });
        expect({ steps, conflicts }).to.deep.equal({ steps: [], conflicts: [] });
      }),
    );
  });

  it("does not make anew what can be changed where it is", () => {
    fc.assert(
      fc.property(desiredState, fc.constantFrom(1400, 1450, 1500), fc.boolean(), (files, mtu, learning) => {
        const kernel = new ModelKernel();
        reach(kernel, files, []);
        const changed = files.map((file) =>
          file.spec.kind === "overlay"
            ? ({ ...file, spec: { ...file.spec, mtu, learning } } as Desired)
            : ({ ...file, owner: { ...file.owner, uid: "u3" } } satisfies Desired),
        );
        const { steps } = apply(kernel, overlay, objectsOf(changed), { previous: objectsOf(files) });
        expect(steps.filter(({ op }) => op !== "change")).to.deep.equal([]);
        expectReached(kernel, changed);
      }),
    );
  });
});
