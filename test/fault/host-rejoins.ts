import { succeeded } from "../checks/stack.js";
import type { Fault } from "./fault.js";

export const hostRejoins: Fault = {
  name: "a host leaves the overlay with its containers, and is back",
  promise: "its entries go everywhere and come again; the others notice nothing",
  undisturbed: [
    ["red", "green"],
    ["red", "pink"],
  ],
  strike: async (scene) => {
    const { lab: overlay } = scene.topology.overlays;
    const { c: _left, ...hosts } = overlay!.hosts;
    const { blue: _gone, ...containers } = scene.topology.containers;
    await scene.stack.declare({ ...scene.topology, overlays: { lab: { ...overlay!, hosts } }, containers });
    succeeded("up without c", await scene.stack.up());
    const { stdout } = await scene.host("a").ssh(["bridge", "-n", "overns", "fdb", "show", "dev", "vxlan1"]);
    if (stdout.includes(scene.host("c").address)) throw new Error(`a still sends to c: ${stdout}`);
  },
  end: (scene) => scene.restore(),
};
