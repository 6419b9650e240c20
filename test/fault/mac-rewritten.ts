import type { Fault } from "./fault.js";
import type { FaultScene } from "./scene.js";

const macs = async (scene: FaultScene): Promise<string> => {
  const { stdout } = await scene
    .host("b")
    .script(
      "for device in vxlan1 br0; do ip -n overns -o link show dev $device; done; ip -n pink -o link show dev eth0",
    );
  return [...stdout.matchAll(/link\/ether (\S+)/g)].map(([, mac]) => mac).join();
};

let before = "";

export const macRewritten: Fault = {
  name: "somebody else, as udev does, gives the devices other MACs",
  promise: "they have their own again after the host's next look at itself, within a minute",
  undisturbed: [
    ["red", "green"],
    ["red", "blue"],
  ],
  strike: async (scene) => {
    before = await macs(scene);
    await scene.host("b").script(
      `ip -n overns link set dev vxlan1 address 02:99:00:00:00:11
       ip -n overns link set dev br0 address 02:99:00:00:00:12
       ip -n pink link set dev eth0 address 02:99:00:00:00:13`,
    );
  },
  // The look that the timer has each minute.
  end: async (scene) => {
    await scene.host("b").ssh(["systemctl", "start", "overlaynet-ensure@lab.service"]);
  },
  recovered: async (scene) => (await macs(scene)) === before,
};
