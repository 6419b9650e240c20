import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Batch, commandsOf, type KernelObject, markOf, objectsOf, tablesOf } from "@overlaynet/core";
import { expect } from "chai";
import { ModelKernel } from "../../model-kernel/kernel.js";
import { lacking, tablesAmiss } from "../../model-kernel/lacking.js";
import { apply, planOn } from "../../model-kernel/run.js";
import { type Scenario, scenarios } from "../../model-kernel/scenarios.js";
import { overlay } from "../../model-kernel/specs.js";

const folder = join(process.cwd(), "test", "golden", "commands");

/** What a person would type: one command a line, an empty line between processes. */
function typed({ tool, namespace, lines }: Batch): string {
  if (tool === "nft") {
    const there = namespace === undefined ? "" : `ip netns exec ${namespace} `;
    return lines.map(({ text }) => `${there}nft '${text}'\n`).join("");
  }
  const inside = namespace === undefined ? "" : ` -n ${namespace}`;
  return lines.map(({ text }) => `${tool}${inside} ${text}\n`).join("");
}

function kernelBefore({ from, deeds = [] }: Scenario): ModelKernel {
  const kernel = new ModelKernel();
  apply(kernel, overlay, objectsOf(from), { previous: [] });
  for (const { namespace, command } of deeds) kernel.command("ip", namespace, command);
  return kernel;
}

function optionsOf({ from, to, adopt = false }: Scenario): {
  previous: KernelObject[];
  adopt: Set<ReturnType<typeof markOf>>;
} {
  const marks = to.flatMap(({ owner, spec }) => (spec.kind === "neigh" ? [] : [markOf(owner, spec)]));
  return { previous: objectsOf(from), adopt: new Set(adopt ? marks : []) };
}

describe("golden commands (UPDATE_GOLDEN=1 writes them anew: read the difference)", () => {
  for (const scenario of scenarios) {
    it(scenario.name, () => {
      const kernel = kernelBefore(scenario);
      const desired = objectsOf(scenario.to);
      const { steps, conflicts } = planOn(kernel, overlay, desired, optionsOf(scenario));
      const text = commandsOf(steps).map(typed).join("\n");
      const path = join(folder, `${scenario.name}.txt`);
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, text);
      expect(conflicts).to.deep.equal([]);
      expect(text).to.equal(existsSync(path) ? readFileSync(path, "utf8") : "");
      const applied = apply(kernel, overlay, desired, optionsOf(scenario));
      expect(applied.failures).to.deep.equal([]);
      expect(lacking(kernel.observe(), desired).join("; ")).to.equal("");
      const tables = kernel.tables(tablesOf(overlay, desired));
      expect(tablesAmiss(overlay, tables, desired)).to.deep.equal([]);
    });
  }

  it("has a scenario for each file", () => {
    const names = scenarios.map(({ name }) => `${name}.txt`);
    expect(readdirSync(folder).sort()).to.deep.equal(names.sort());
  });
});
