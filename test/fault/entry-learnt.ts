import type { Fault } from "./fault.js";
import { resolverPid } from "./scene.js";

export const entryLearnt: Fault = {
  name: "a wrong forwarding entry is learnt before the right one is written",
  promise: "the right one takes its place: entries are written by replacing, not by adding",
  undisturbed: [
    ["red", "blue"],
    ["red", "green"],
  ],
  strike: async (scene) => {
    const a = scene.host("a");
    const pid = await resolverPid(a);
    // As the kernel learns: to be aged, from where a frame came.
    await a.script(
      `kill -STOP ${pid}
       bridge -n overns fdb del 02:42:07:07:07:03 dev vxlan1 self
       bridge -n overns fdb add 02:42:07:07:07:03 dev vxlan1 self dst ${scene.host("c").address} dynamic
       kill -CONT ${pid}`,
    );
  },
  recovered: async (scene) => {
    const { stdout } = await scene.host("a").ssh(["bridge", "-n", "overns", "fdb", "show", "dev", "vxlan1"]);
    return new RegExp(`02:42:07:07:07:03 dst ${scene.host("b").address} .*permanent`).test(stdout);
  },
};
