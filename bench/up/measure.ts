import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Stack, succeeded } from "@overlaynet/test/checks/stack";
import { stateSizes } from "@overlaynet/test/checks/state-size";
import { hostArguments, type Topology } from "@overlaynet/test/checks/topology";
import { Lab } from "@overlaynet/test/hosts/index";
import { quantile } from "../statistics.js";

/** How many containers on how many hosts. */
export interface Scale {
  readonly containers: number;
  readonly hosts: number;
}

/** What one `pulumi up` took, in seconds. */
export interface Cost {
  readonly elapsed: number;
  /** Processor time of the engine, the program and the provider. */
  readonly operator: number;
  /** Processor time of all hosts, which a lab's share with the operator. */
  readonly hosts: number;
}

/** Of one kind of resource. */
export interface Ups {
  /** Creates all of them; the hosts have the agent and the overlay already. */
  readonly create: Cost;
  /** Of what is so already. */
  readonly unchanged: Cost;
}

/** Of the containers and of both references. */
export interface Measured extends Scale {
  readonly ours: Ups;
  /** Dynamic resources that do nothing, with next to no state. */
  readonly bare: Ups;
  /** The same with a container's inputs, outputs and dependency. */
  readonly alike: Ups;
  /** Bytes of a container in the stack's state, the median, without where it stands in the program. */
  readonly stateBytes: number;
}

const sources = join(__dirname, "..", "..", "up");

/** Makes the hosts, measures, and removes all of it. */
export async function measure({ containers, hosts }: Scale): Promise<Measured> {
  const lab = await Lab.up({ name: "bench-up", hosts });
  try {
    const stack = await Stack.create(lab, "up");
    const declare = (count: number): Promise<void> => stack.declare(topology(lab, count));
    const ours = await measureUps(lab, stack, declare, containers);
    const exported = await stack.export();
    const [bare, alike] = [await reference(lab, "bare", []), await reference(lab, "alike", containersOf(exported))];
    const references = {
      bare: await measureUps(lab, bare.stack, bare.declare, containers),
      alike: await measureUps(lab, alike.stack, alike.declare, containers),
    };
    const stateBytes = quantile(
      stateSizes(exported).map(({ bytes }) => bytes),
      0.5,
    );
    succeeded("destroy", await stack.destroy());
    return { containers, hosts, ours, ...references, stateBytes };
  } finally {
    await lab.down();
  }
}

interface Program {
  readonly stack: Stack;
  readonly declare: (count: number) => Promise<void>;
}

/** A project of resources that do nothing, each with the inputs of a model when there are any. */
async function reference(lab: Lab, name: string, models: readonly Resource[]): Promise<Program> {
  const stack = await Stack.create(lab, name);
  await copyFile(join(sources, "reference.cjs"), join(stack.folder, "index.js"));
  await copyFile(join(sources, "alike.cjs"), join(stack.folder, "alike.js"));
  const declare = (count: number): Promise<void> =>
    writeFile(join(stack.folder, "topology.json"), JSON.stringify({ count, models }));
  return { stack, declare };
}

async function measureUps(lab: Lab, stack: Stack, declare: Program["declare"], count: number): Promise<Ups> {
  await declare(0);
  await up(lab, stack);
  await declare(count);
  const create = await up(lab, stack);
  return { create, unchanged: await up(lab, stack) };
}

async function up(lab: Lab, stack: Stack): Promise<Cost> {
  const before = await lab.processorSeconds();
  const start = performance.now();
  // As an operator types it: what `--diff` prints of each property costs the engine a third more.
  succeeded("up", await stack.pulumi(["up", "--yes", "--skip-preview"]));
  const elapsed = (performance.now() - start) / 1000;
  const after = await lab.processorSeconds();
  return { elapsed, operator: after.operator - before.operator, hosts: after.hosts - before.hosts };
}

function topology(lab: Lab, containers: number): Topology {
  const hosts = hostArguments(lab);
  const names = Object.keys(hosts);
  const members = Array.from({ length: containers }, (_, index) => {
    const ip = `7.7.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;
    return [`c${index}`, { overlay: "lab", host: names[index % names.length]!, ip }] as const;
  });
  return {
    overlays: { lab: { vni: 42, cidr: "7.7.0.0/16", gateway: "7.7.0.1", hosts } },
    containers: Object.fromEntries(members),
  };
}

interface Resource {
  readonly type: string;
  readonly inputs: unknown;
  readonly outputs: unknown;
}

function containersOf(exported: string): Resource[] {
  const { deployment } = JSON.parse(exported) as { readonly deployment: { readonly resources: readonly Resource[] } };
  return deployment.resources.filter(({ type }) => type.endsWith(":Container"));
}
