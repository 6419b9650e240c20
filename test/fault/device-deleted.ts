import type { Fault } from "./fault.js";
import type { FaultScene } from "./scene.js";

/** Recovery of an object in the overlay's namespace of host b: it is there, and has another interface number. */
function replaced(name: string): (scene: FaultScene) => Promise<boolean> {
  return async (scene) =>
    (await scene.host("b").ssh(["ip", "-n", "overns", "link", "show", "dev", name], { reject: false })).exitCode === 0;
}

const others = [
  ["red", "green"],
  ["red", "blue"],
] as const;

export const deviceDeleted: Fault = {
  name: "the VXLAN device is deleted by hand",
  promise: "it is made again within seconds; containers of other hosts notice nothing",
  undisturbed: others,
  strike: async (scene) => {
    await scene.host("b").ssh(["ip", "-n", "overns", "link", "del", "vxlan1"]);
  },
  recovered: replaced("vxlan1"),
};

export const bridgeDeleted: Fault = {
  name: "the bridge is deleted by hand",
  promise: "it is made again, with its ports on it",
  undisturbed: others,
  strike: async (scene) => {
    await scene.host("b").ssh(["ip", "-n", "overns", "link", "del", "br0"]);
  },
  recovered: replaced("br0"),
};
