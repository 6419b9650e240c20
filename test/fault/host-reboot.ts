import { expect } from "chai";
import type { Fault } from "./fault.js";
import type { FaultScene } from "./scene.js";

const macs = async (scene: FaultScene): Promise<string> => {
  const { stdout } = await scene.host("b").ssh(["ip", "-n", "overns", "-o", "link", "show"]);
  const found = [...stdout.matchAll(/(br0|vxlan1)\S*:.*link\/ether (\S+)/g)].map(([, name, mac]) => `${name} ${mac}`);
  // They are listed in the order in which they were made.
  return found.sort().join();
};

let before = "";

export const hostReboot: Fault = {
  name: "a host reboots",
  promise: "everything is back unaided, with the same MACs; containers of other hosts notice nothing",
  undisturbed: [
    ["red", "green"],
    ["red", "blue"],
  ],
  strike: async (scene) => {
    before = await macs(scene);
    await scene.host("b").reboot();
  },
  recovered: async (scene) => {
    const now = await macs(scene);
    if (now.split(",").length < 2) return false;
    expect(now, "MACs after the reboot").to.equal(before);
    return true;
  },
};
