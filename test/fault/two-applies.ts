import { expectEveryPairPings } from "../checks/network.js";
import { Stack, succeeded } from "../checks/stack.js";
import { hostArguments, type Topology } from "../checks/topology.js";
import type { Fault } from "./fault.js";
import type { FaultScene } from "./scene.js";

let stacks: readonly (readonly [Stack, Topology])[] = [];

/** Another overlay on the same hosts, with a container on each of two. */
function another({ lab }: FaultScene, name: string, vni: number): Topology {
  const overlay = { vni, cidr: "8.8.8.0/24", gateway: "8.8.8.1", hosts: hostArguments(lab) };
  return {
    overlays: { [name]: overlay },
    containers: {
      [`${name}-one`]: { overlay: name, host: "a", ip: "8.8.8.2" },
      [`${name}-two`]: { overlay: name, host: "b", ip: "8.8.8.3" },
    },
  };
}

export const twoApplies: Fault = {
  name: "two stacks are applied at the same time on the same hosts",
  promise: "each waits for the other where it has to, and both succeed; nobody else notices",
  undisturbed: [
    ["red", "pink"],
    ["blue", "green"],
  ],
  strike: async (scene) => {
    stacks = await Promise.all(
      ["second", "third"].map(async (name, index) => {
        const topology = another(scene, name, 50 + index);
        // Each round of a benchmark has stacks of its own.
        const stack = await Stack.create(scene.lab, `${name}-${Date.now()}`);
        await stack.declare(topology);
        return [stack, topology] as const;
      }),
    );
    const ups = await Promise.all(stacks.map(([stack]) => stack.up()));
    for (const [index, up] of ups.entries()) succeeded(`up ${index + 1} of two`, up);
    for (const [, topology] of stacks) await expectEveryPairPings(scene.lab, topology, { count: 1 });
  },
  tidy: async () => {
    const destroyed = await Promise.all(stacks.map(([stack]) => stack.destroy()));
    for (const [index, destroy] of destroyed.entries()) succeeded(`destroy ${index + 1} of two`, destroy);
  },
};
