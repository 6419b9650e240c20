import { expect } from "chai";
import { type Member, members } from "../checks/network.js";
import { type Stack, succeeded } from "../checks/stack.js";
import { type HostArguments, mainJob, type Topology } from "../checks/topology.js";
import { diffSnapshots, type Snapshot, snapshot } from "../hosts/snapshot.js";
import type { VagrantFleet } from "./fleet.js";
import type { Machine } from "./machine.js";

/** What all tests of the suite work on: they come one after the other, and each leaves it as it was. */
export interface Scene {
  readonly fleet: VagrantFleet;
  readonly stack: Stack;
  /** What the stack is declared to be: the main job. */
  topology: Topology;
  /** Each machine before anything was done to it. */
  readonly untouched: Map<string, Snapshot>;
  /** Whether the main job stands. */
  isBuilt: boolean;
}

/** Tests are described before the machines are up: each asks for the scene when it runs. */
export type GetScene = () => Scene;

/** The units of the main job's overlay. */
export const RESOLVER = "overlaynet-resolver@lab.service";

/** Milliseconds within which hosts are expected to mend what was broken; emulated, everything takes several times as long. */
export const MENDED = 60_000;

/** How often an apply dials a machine that a test has switched off: ten times, the default, is a minute and more. */
const DIALS = 2;

/** The main job, reached as `vagrant ssh-config` says: an ordinary user with sudo, on the management network. */
export function vagrantJob(fleet: VagrantFleet): Topology {
  const hosts: Record<string, HostArguments> = {};
  for (const { name, address, hostKey, sshConfig } of fleet.hosts) {
    const { privateKeyPath } = fleet;
    hosts[name] = { address, connection: { ...sshConfig, hostKey, privateKeyPath, dialErrorLimit: DIALS } };
  }
  return mainJob(fleet, { hosts });
}

/** Builds the main job unless it stands: each test can run without those before it. */
export async function buildMainJob(scene: Scene): Promise<void> {
  if (scene.isBuilt) return;
  await scene.stack.declare(scene.topology);
  succeeded("up", await scene.stack.up());
  scene.isBuilt = true;
}

/** Takes the main job away, if it stands. */
export async function destroyMainJob(scene: Scene): Promise<void> {
  if (!scene.isBuilt) return;
  succeeded("destroy", await scene.stack.destroy());
  scene.isBuilt = false;
}

/** The container of that name. @throws when the main job has none. */
export function member({ fleet, topology }: Scene, name: string): Member {
  const found = members(fleet, topology).find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`the topology has no container ${name}`);
  return found;
}

/**
 * What a machine is. systemd-hostnamed, which networkd asks for at boot, has a network namespace of its own for half a
 * minute: it is ended first, and comes again when it is asked.
 */
export async function portrait(machine: Machine): Promise<Snapshot> {
  await machine.ssh(["systemctl", "stop", "systemd-hostnamed.service"]);
  return snapshot(machine);
}

/** Notes what machines are before anything is done to them. */
export async function noteUntouched({ untouched }: Scene, machines: readonly Machine[]): Promise<void> {
  await onEach(machines, async (machine) => untouched.set(machine.name, await portrait(machine)));
}

/** Machines are what they were before anything was done to them. */
export async function expectUntouched({ untouched }: Scene, machines: readonly Machine[]): Promise<void> {
  await onEach(machines, async (machine) => {
    const before = untouched.get(machine.name);
    if (before === undefined) throw new Error(`nothing was noted of ${machine.name}`);
    expect(diffSnapshots(before, await portrait(machine)), `machine ${machine.name} after destroy`).to.equal("");
  });
}

/** Does the same on all machines at once: each has a processor of its own. @throws what the first of them throws. */
export async function onEach(
  machines: readonly Machine[],
  work: (machine: Machine) => Promise<unknown>,
): Promise<void> {
  await Promise.all(machines.map(work));
}

/** The machine's interface on the underlay. */
export async function underlayOf(machine: Machine): Promise<string> {
  const { stdout } = await machine.ssh(["ip", "-o", "-4", "addr", "show", "to", machine.address]);
  const name = /^\d+: (\S+)/.exec(stdout)?.[1];
  if (name === undefined) throw new Error(`machine ${machine.name} has no interface with ${machine.address}`);
  return name;
}

/** A property of the resolver's unit, as systemd tells it. */
export async function resolverProperty(machine: Machine, property: string): Promise<string> {
  const { stdout } = await machine.ssh(["systemctl", "show", "--value", "--property", property, RESOLVER]);
  expect(stdout, `${property} of ${RESOLVER} on ${machine.name}`).not.to.equal("");
  return stdout;
}

/** The numbers of a machine's links in all named namespaces: they change when a device is made anew. */
export async function linkNumbers(machine: Machine): Promise<string> {
  const { stdout } = await machine.script(
    `for ns in $(ip netns list | cut -d' ' -f1 | sort); do ip -n "$ns" -br link | cut -d' ' -f1; ls -id /run/netns/$ns; done
     for ns in $(ip netns list | cut -d' ' -f1 | sort); do ip -n "$ns" -o link | cut -d: -f1,2; done`,
  );
  return stdout;
}
