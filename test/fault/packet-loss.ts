import { expectBulkArrives } from "../checks/main-job.js";
import type { Fault } from "./fault.js";

export const packetLoss: Fault = {
  name: "the underlay loses 30 % of a host's tunnel packets",
  promise: "a TCP stream arrives whole meanwhile, and nothing is lost when it is over",
  undisturbed: [
    ["red", "green"],
    ["red", "blue"],
  ],
  strike: async (scene) => {
    const rule = "chain c { type filter hook input priority -10; udp dport 4789 numgen random mod 100 < 30 drop; };";
    await scene.host("b").ssh(["nft", `table inet loss { ${rule} }`]);
    await expectBulkArrives(scene.lab, scene.topology, "red", "pink", 100_000);
  },
  end: async (scene) => {
    await scene.host("b").ssh(["nft", "delete table inet loss"]);
  },
};
