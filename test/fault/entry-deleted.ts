import type { Fault } from "./fault.js";
import type { FaultScene } from "./scene.js";

const foreign = "7.7.7.200 lladdr 02:99:00:00:00:01";

const neighbours = async (scene: FaultScene): Promise<string> =>
  (await scene.host("a").ssh(["ip", "-n", "overns", "neigh", "show", "dev", "vxlan1"])).stdout;

export const entryDeleted: Fault = {
  name: "a neighbour and a forwarding entry are deleted by hand",
  promise: "both are back within a second, and what somebody else put there stays",
  undisturbed: [["red", "blue"]],
  strike: async (scene) => {
    await scene.host("a").script(
      `ip -n overns neigh replace ${foreign} nud permanent dev vxlan1
       ip -n overns neigh del 7.7.7.3 dev vxlan1
       bridge -n overns fdb del 02:42:07:07:07:03 dev vxlan1 self`,
    );
  },
  recovered: async (scene) => {
    const found = await neighbours(scene);
    if (!found.includes(foreign)) throw new Error(`what was not ours went: ${found}`);
    const { stdout } = await scene.host("a").ssh(["bridge", "-n", "overns", "fdb", "show", "dev", "vxlan1"]);
    return /7\.7\.7\.3 .*PERMANENT/.test(found) && /02:42:07:07:07:03 dst .*self.*permanent/.test(stdout);
  },
};
