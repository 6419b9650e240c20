import type { Fault } from "./fault.js";

export const namespaceDeleted: Fault = {
  name: "the overlay's namespace is deleted by hand",
  promise: "it is made again with all that was in it, the containers' interfaces with their addresses among that",
  undisturbed: [
    ["red", "green"],
    ["red", "blue"],
  ],
  strike: async (scene) => {
    await scene.host("b").ssh(["ip", "netns", "del", "overns"]);
  },
  recovered: async (scene) =>
    (await scene.host("b").ssh(["ip", "-n", "overns", "link", "show", "dev", "vxlan1"], { reject: false })).exitCode ===
    0,
};
