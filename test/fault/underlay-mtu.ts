import { expectBulkArrives, expectFullSizePasses } from "../checks/main-job.js";
import type { Fault } from "./fault.js";

export const underlayMtu: Fault = {
  name: "the MTU of a host's underlay is too small for the overlay's packets, then as before",
  promise: "a TCP stream arrives whole meanwhile; packets of full size pass when it is over",
  undisturbed: [
    ["red", "green"],
    ["red", "blue"],
  ],
  strike: async (scene) => {
    await scene.host("b").ssh(["ip", "link", "set", "dev", "eth0", "mtu", "1400"]);
    await expectBulkArrives(scene.lab, scene.topology, "pink", "red", 1_000_000);
  },
  end: async (scene) => {
    await scene.host("b").ssh(["ip", "link", "set", "dev", "eth0", "mtu", "1500"]);
    // Containers remember the smaller size of a path for ten minutes (net.ipv4.route.mtu_expires): not the overlay's to mend.
    for (const container of ["red", "green"])
      await scene.host("a").ssh(["ip", "-n", container, "route", "flush", "cache"]);
    await scene.host("b").ssh(["ip", "-n", "pink", "route", "flush", "cache"]);
    await scene.host("c").ssh(["ip", "-n", "blue", "route", "flush", "cache"]);
    await expectFullSizePasses(scene.lab, scene.topology);
  },
};
