import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Stack, succeeded } from "@overlaynet/test/checks/stack";
import { hostArguments, type Topology } from "@overlaynet/test/checks/topology";
import { Lab } from "@overlaynet/test/hosts/index";

/** How many containers on how many hosts. */
export interface Scale {
  readonly containers: number;
  readonly hosts: number;
}

/** Seconds of one `pulumi up` each, and sizes. */
export interface Measured extends Scale {
  /** Creates all containers; the hosts have the agent and the overlay already. */
  readonly create: number;
  /** Of what is so already. */
  readonly unchanged: number;
  /** The same for no-op dynamic resources. */
  readonly noopCreate: number;
  readonly noopUnchanged: number;
  /** Bytes of a container in the stack's state, without white space: the median. */
  readonly stateBytes: number;
}

const sources = join(__dirname, "..", "..", "up");

/** Makes the hosts, measures, and removes all of it. */
export async function measure({ containers, hosts }: Scale): Promise<Measured> {
  const lab = await Lab.up({ name: "bench-up", hosts });
  try {
    const stack = await Stack.create(lab, "up");
    const noop = await Stack.create(lab, "noop");
    await copyFile(join(sources, "noop.cjs"), join(noop.folder, "index.js"));
    const declareNoop = (count: number): Promise<void> =>
      writeFile(join(noop.folder, "topology.json"), JSON.stringify({ count }));
    await stack.declare(topology(lab, 0));
    await seconds(stack);
    await declareNoop(1);
    await seconds(noop);
    await declareNoop(1 + containers);
    const noopCreate = await seconds(noop);
    await stack.declare(topology(lab, containers));
    const create = await seconds(stack);
    const noopUnchanged = await seconds(noop);
    const unchanged = await seconds(stack);
    const stateBytes = sizeOf(await stack.export());
    succeeded("destroy", await stack.destroy());
    return { containers, hosts, create, unchanged, noopCreate, noopUnchanged, stateBytes };
  } finally {
    await lab.down();
  }
}

async function seconds(stack: Stack): Promise<number> {
  const start = performance.now();
  // As an operator types it: what `--diff` prints of each property costs the engine a third more.
  succeeded("up", await stack.pulumi(["up", "--yes", "--skip-preview"]));
  return (performance.now() - start) / 1000;
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

interface State {
  readonly deployment: { readonly resources: readonly { readonly type: string }[] };
}

function sizeOf(exported: string): number {
  const { resources } = (JSON.parse(exported) as State).deployment;
  const sizes = resources.filter(({ type }) => type.endsWith(":Container")).map((one) => JSON.stringify(one).length);
  return sizes.sort((one, other) => one - other)[Math.floor(sizes.length / 2)] ?? Number.NaN;
}
