import type { Host } from "../hosts/index.js";
import type { Fault } from "./fault.js";
import { resolverPid } from "./scene.js";

/** More notices than a resolver's queue holds (agent/netlink/event-socket.ts). */
const many = 100_000;

let before = 0;

/** How often the kernel dropped notices that were for the resolver. */
async function overruns(host: Host): Promise<number> {
  const socket = "/run/overlaynet-resolver/lab/control.sock";
  const { stdout } = await host.script(`printf 'GET /status HTTP/1.0\\r\\n\\r\\n' | socat - UNIX-CONNECT:${socket}`);
  return (JSON.parse(stdout.slice(stdout.indexOf("{"))) as { overruns: number }).overruns;
}

export const noticesLost: Fault = {
  name: "the kernel drops notices that a resolver has no room for (ENOBUFS), of a deletion too",
  promise: "it is counted and everything is compared anew; known peers go on talking",
  undisturbed: [
    ["red", "blue"],
    ["blue", "red"],
  ],
  strike: async (scene) => {
    const a = scene.host("a");
    const pid = await resolverPid(a);
    before = await overruns(a);
    // The neighbours are of the bridge, which the resolver has nothing to do with but hears of.
    await a.script(
      `kill -STOP ${pid}
       for index in $(seq 0 ${many - 1}); do
         echo "neigh replace 7.$((8 + (index >> 16))).$((index >> 8 & 255)).$((index & 255)) lladdr 02:99:00:00:00:01 nud permanent dev br0"
       done | ip -n overns -batch -
       ip -n overns neigh del 7.7.7.3 dev vxlan1
       kill -CONT ${pid}`,
    );
  },
  recovered: async (scene) => {
    const a = scene.host("a");
    const { stdout } = await a.ssh(["ip", "-n", "overns", "neigh", "show", "dev", "vxlan1"]);
    return /7\.7\.7\.3 .*PERMANENT/.test(stdout) && (await overruns(a)) > before;
  },
  tidy: async (scene) => {
    await scene.host("a").ssh(["ip", "-n", "overns", "neigh", "flush", "dev", "br0", "nud", "permanent"]);
  },
};
