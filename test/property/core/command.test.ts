import { commandsOf, objectsOf } from "@overlaynet/core";
import { expect } from "chai";
import fc from "fast-check";
import { ModelKernel } from "../../model-kernel/kernel.js";
import { apply, planOn } from "../../model-kernel/run.js";
import { overlay } from "../../model-kernel/specs.js";
import { Aliens } from "./aliens.js";
import { desiredState } from "./arbitrary.js";
import { damage, inflict } from "./damage.js";

describe("commandsOf", () => {
  it("writes words that neither a shell, nor ip -batch, nor nft reads as anything but themselves, joined by single spaces", () => {
    fc.assert(
      fc.property(desiredState, fc.array(damage, { maxLength: 6 }), desiredState, (files, damages, next) => {
        const kernel = new ModelKernel();
        apply(kernel, overlay, objectsOf(files), { previous: [] });
        for (const one of damages) inflict(kernel, one, []);
        new Aliens(kernel);
        const { steps } = planOn(kernel, overlay, objectsOf(next), { previous: objectsOf(files) });
        for (const { namespace = "root", tool, lines } of commandsOf(steps)) {
          expect(namespace).to.match(/^[A-Za-z][A-Za-z0-9_-]*$/);
          for (const { text } of lines) {
            if (tool === "nft") {
              expect(text).to.match(
                /^(add|delete) (table|counter|set|chain|rule|element) (ip|bridge) overlaynet[a-z0-9-]*( \S+)*$/,
              );
              const [, element] = / element \S+ \S+ \S+ \{ (.*) \}$/.exec(text) ?? [];
              if (element !== undefined)
                expect(element).to.match(/^("vethO\d+"( \. [0-9a-f:]{17} \. [0-9.]+)?|[0-9.]+)$/);
              continue;
            }
            expect(text).to.match(/^[A-Za-z0-9._:\/-]+( [A-Za-z0-9._:\/-]+)*$/);
            expect(text.split(" ").filter((word) => word.startsWith("-"))).to.deep.equal([]);
          }
        }
      }),
    );
  });

  it("runs each namespace's lines of one turn in one process, and every step has a line", () => {
    fc.assert(
      fc.property(desiredState, desiredState, (files, next) => {
        const kernel = new ModelKernel();
        apply(kernel, overlay, objectsOf(files), { previous: [] });
        const { steps } = planOn(kernel, overlay, objectsOf(next), { previous: objectsOf(files) });
        const batches = commandsOf(steps);
        const written = new Set(batches.flatMap(({ lines }) => lines.map(({ step }) => step)));
        expect(steps.filter((step) => !written.has(step))).to.deep.equal([]);
        for (const [index, { tool, namespace }] of batches.entries()) {
          const before = batches[index - 1];
          expect(before?.tool === tool && before.namespace === namespace).to.equal(false);
        }
      }),
    );
  });
});
