import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  type Batch,
  commandsOf,
  type Desired,
  driftOf,
  type KernelObject,
  markOf,
  objectsOf,
  type Observation,
  plan,
  readOutcome,
  type Step,
  tablesOf,
} from "@overlaynet/core";
import { expect } from "chai";
import fc from "fast-check";
import { ModelKernel } from "../model-kernel/kernel.js";
import { lacking, surplus, tablesAmiss } from "../model-kernel/lacking.js";
import { apply as applyToModel } from "../model-kernel/run.js";
import { type Scenario, scenarios } from "../model-kernel/scenarios.js";
import { overlay, renamed } from "../model-kernel/specs.js";
import { desiredState } from "../property/core/arbitrary.js";
import { skipBecause } from "../skip.js";
import { until } from "../hosts/poll.js";
import { RealKernel } from "./real-kernel.js";

/** Unlike anybody else's names on this machine. */
const prefix = `ov${randomBytes(3).toString("hex")}-`;

interface Wanted {
  readonly desired: readonly KernelObject[];
  readonly previous: readonly KernelObject[];
  readonly adopt?: ReadonlySet<ReturnType<typeof markOf>>;
}

describe("plans on the real kernel", function () {
  this.timeout(120_000);
  let real: RealKernel;
  let model: ModelKernel;

  before(function () {
    if (process.getuid?.() !== 0) skipBecause(this, "needs root, to make network namespaces");
  });

  beforeEach(() => {
    real = new RealKernel(prefix);
    model = new ModelKernel();
  });

  afterEach(() => {
    real.remove();
  });

  for (const scenario of scenarios) {
    it(scenario.name, async () => {
      const [from, to] = [renamed(scenario.from, prefix), renamed(scenario.to, prefix)];
      reach({ desired: objectsOf(from), previous: [] });
      for (const { namespace, command } of scenario.deeds ?? []) byHand(namespace, command);
      // The kernel takes the insides of a namespace down when it finds time.
      await until("both kernels hold the same", () => Promise.resolve(agree()), { within: 10_000 });
      reach({ desired: objectsOf(to), previous: objectsOf(from), adopt: adoptedBy(scenario, to) });
      reach({ desired: [], previous: objectsOf(to) });
      expect(real.names()).to.deep.equal([]);
    });
  }

  it("reaches random states, each from the one before, and sees what the model sees", () => {
    fc.assert(
      fc.property(fc.array(desiredState, { minLength: 2, maxLength: 4 }), (states) => {
        let previous: KernelObject[] = [];
        for (const files of [...states, []]) {
          const desired = objectsOf(renamed(files, prefix));
          reach({ desired, previous });
          previous = desired;
        }
        expect(real.names()).to.deep.equal([]);
        model = new ModelKernel();
      }),
      { numRuns: 8 },
    );
  });

  it("refuses what the model refuses, line by line", () => {
    const step = stepOf("create-overlay");
    const lines = [
      `netns add ${prefix}overns`,
      `netns add ${prefix}overns`,
      `netns delete ${prefix}nobody`,
      `link add name vxlan1 netns ${prefix}overns type vxlan id 42 dstport 4789`,
      `link add name vxlan2 netns ${prefix}overns type vxlan id 42 dstport 4789`,
      `link add name vxlan1 netns ${prefix}overns type vxlan id 43 dstport 4789`,
      `link add name vxlan3 netns ${prefix}overns type vxlan id 42 dstport 8472`,
      `link add name vxlan4 netns ${prefix}nobody type vxlan id 44 dstport 4789`,
      `netns add ${prefix}red`,
    ];
    compare({ tool: "ip", lines: lines.map((text) => ({ text, step })) });
    compare({ tool: "ip", lines: [{ text: `netns add ${prefix}red`, step }] });
    const inside = [
      "link add name br0 type bridge",
      "link add name br0 type bridge",
      "link set dev vxlan1 master br0 up",
      "link set dev vxlan1 type vxlan id 43",
      "link set dev vxlan1 type vxlan dstport 8472",
      "link set dev vxlan1 type vxlan l2miss",
      "link set dev vxlan1 type vxlan learning",
      "link set dev nobody up",
      "link delete dev nobody",
      "link delete dev lo",
      `link add name vethO2 type veth peer name eth0 netns ${prefix}red`,
      `link add name vethO2 type veth peer name eth1 netns ${prefix}red`,
      `link add name vethO3 type veth peer name eth0 netns ${prefix}red`,
      "address add 7.7.7.1/24 dev br0",
      "address add 7.7.7.1/24 dev br0",
      "address delete 7.7.7.9/24 dev br0",
      "address replace 7.7.7.1/24 dev br0",
      "route delete default via 7.7.7.1 dev br0",
      "route replace default via 8.8.8.8 dev br0",
    ];
    compare({ tool: "ip", namespace: `${prefix}overns`, lines: inside.map((text) => ({ text, step })) });
    const entries = [
      "fdb replace 02:42:07:07:07:02 dev vxlan1 master static",
      "fdb replace 02:42:07:07:07:02 dev vethO2 master static sticky",
      "fdb delete 02:42:07:07:07:03 dev vxlan1 master",
      "fdb delete 02:42:07:07:07:02 dev nobody master",
      "fdb delete 02:42:07:07:07:02 dev vxlan1 master",
    ];
    compare({ tool: "bridge", namespace: `${prefix}overns`, lines: entries.map((text) => ({ text, step })) });
    compare({ tool: "ip", namespace: `${prefix}nobody`, lines: [{ text: "link set dev lo up", step }] });
  });

  /** Plans from what the real kernel holds and from what the model holds: the same commands, no failure, all there, nothing left to do. */
  function reach(wanted: Wanted): void {
    const steps = planned(wanted);
    for (const batch of commandsOf(steps)) {
      const { stderr, exitCode } = real.run(batch);
      const { failures, unrun } = readOutcome(batch, stderr, exitCode);
      expect(failures.map(({ line, message }) => `${line.text}: ${message}`)).to.deep.equal([]);
      expect(unrun).to.deep.equal([]);
    }
    expect(applyToModel(model, overlay, wanted.desired, wanted).steps.map(textOf)).to.deep.equal(steps.map(textOf));
    const seen = real.observe();
    const tables = real.tables(tablesOf(overlay, wanted.desired));
    expect(tablesAmiss(overlay, tables, wanted.desired)).to.deep.equal([]);
    expect(lacking(seen, wanted.desired).join("; ")).to.equal("");
    expect(surplus(seen, wanted.desired).join("; ")).to.equal("");
    expect(comparable(seen)).to.deep.equal(comparable(model.observe()));
    expect(planned({ desired: wanted.desired, previous: wanted.desired }).map(textOf)).to.deep.equal([]);
  }

  function agree(): boolean {
    return isDeepStrictEqual(comparable(real.observe()), comparable(model.observe()));
  }

  function planned({ desired, previous, adopt = new Set() }: Wanted): readonly Step[] {
    const observation = real.observe([...desired, ...previous]);
    const tables = real.tables(tablesOf(overlay, [...desired, ...previous]));
    const found = plan({ overlay, desired, previous, observation, tables, adopt });
    expect(found.conflicts, driftOf(found).join("; ")).to.deep.equal([]);
    return found.steps;
  }

  function byHand(namespace: string | undefined, command: string): void {
    const text = command.replace(/(netns (?:add |delete )?)(overns|red)/, `$1${prefix}$2`);
    const batch: Batch = { tool: "ip", lines: [{ text, step: stepOf("create-overlay") }] };
    compare(namespace === undefined ? batch : { ...batch, namespace: `${prefix}${namespace}` });
  }

  /** Runs a batch on both: the same lines fail, the same are not reached. */
  function compare(batch: Batch): void {
    const [onReal, onModel] = [real, model].map((kernel) => {
      const { stderr, exitCode } = kernel.run(batch);
      const { failures, unrun } = readOutcome(batch, stderr, exitCode);
      return {
        failures: failures.map(({ line, message }) => [line.text, message]),
        unrun: unrun.map(({ text }) => text),
      };
    });
    expect(onModel).to.deep.equal(onReal);
  }
});

function adoptedBy({ adopt = false }: Scenario, files: readonly Desired[]): Set<ReturnType<typeof markOf>> {
  return new Set(files.flatMap(({ owner, spec }) => (spec.kind === "neigh" || !adopt ? [] : [markOf(owner, spec)])));
}

/** Some step, for lines that belong to none. */
function stepOf(name: string): Step {
  const desired = objectsOf(scenarios.find((scenario) => scenario.name === name)?.to ?? []);
  const { steps } = plan({ overlay, desired, previous: [], observation: new ModelKernel().observe(["overns"]) });
  const [first] = steps;
  if (first === undefined) throw new Error(`scenario ${name} has no steps`);
  return first;
}

function textOf(step: Step): string {
  return commandsOf([step])
    .flatMap(({ lines }) => lines.map(({ text }) => text))
    .join("; ");
}

/** The MAC addresses that specs and deeds give; the kernel's own are random. */
const given = /^02:(42:(07:07|0b:0b|c0:a8)|6f:76:00|76:c0:a8|11:22:33):/;

/** What both kernels have to agree on: all but numbers and addresses that the kernel chose itself. */
function comparable(observation: Observation): unknown {
  return [...observation]
    .filter(([name, seen]) => name !== "" && typeof seen !== "string")
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, seen]) => {
      if (typeof seen === "string") return name;
      const links = seen.links.filter(({ kind }) => ["loopback", "bridge", "vxlan", "veth"].includes(kind));
      return {
        name,
        links: links
          .map(({ index: _index, mac, peer, group: _group, addresses, ...link }) => ({
            ...link,
            mac: given.test(mac ?? "") ? mac : "chosen by the kernel",
            peer: peer?.namespace,
            addresses: addresses.filter(({ ip }) => ip !== "127.0.0.1"),
          }))
          .sort((one, other) => one.name.localeCompare(other.name)),
        routes: seen.routes,
        portEntries: [...seen.portEntries].sort((one, other) => one.mac.localeCompare(other.mac)),
      };
    });
}
