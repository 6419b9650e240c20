import { RECORDS } from "../checks/main-job.js";
import type { Fault } from "./fault.js";
import { anotherResolver, resolverPid } from "./scene.js";

let served = "";

export const recordsLost: Fault = {
  name: "the folder of records is lost, and the resolver started anew",
  promise: "records of managed resources are written again from what was accepted; nobody notices",
  undisturbed: [
    ["pink", "red"],
    ["red", "pink"],
  ],
  strike: async (scene) => {
    served = await resolverPid(scene.host("b"));
    await scene.host("b").script(`rm -r ${RECORDS}; kill -9 ${served}`);
  },
  recovered: async (scene) => {
    const files = ["arp/7.7.7.2", "arp/7.7.7.3", "fdb/02:42:07:07:07:02"].map((file) => `${RECORDS}/${file}`);
    if ((await scene.host("b").ssh(["ls", ...files], { reject: false })).exitCode !== 0) return false;
    return anotherResolver(scene.host("b"), served);
  },
};
