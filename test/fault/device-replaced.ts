import type { Fault } from "./fault.js";
import { anotherResolver, resolverPid } from "./scene.js";

let served = "";

export const deviceReplaced: Fault = {
  name: "the VXLAN device is replaced by another of its name",
  promise: "the one with the new interface number is served as the old one was",
  undisturbed: [
    ["red", "green"],
    ["red", "blue"],
  ],
  strike: async (scene) => {
    const b = scene.host("b");
    served = await resolverPid(b);
    const tunnel = `type vxlan id 42 dstport 4789 local ${b.address} nolearning proxy l2miss l3miss`;
    await b.script(
      `ip -n overns link del vxlan1
       ip link add vxlan1 netns overns ${tunnel}
       ip -n overns link set vxlan1 mtu 1450 master br0 up`,
    );
  },
  recovered: (scene) => anotherResolver(scene.host("b"), served),
  // A device without our mark is a stranger's: it is served, told as drift, and never touched. Ours comes when it goes.
  tidy: async (scene) => {
    await scene.host("b").ssh(["ip", "-n", "overns", "link", "del", "vxlan1"]);
  },
};
