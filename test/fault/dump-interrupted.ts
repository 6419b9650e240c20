import type { Fault } from "./fault.js";
import { resolverPid } from "./scene.js";

/** Neighbours of others, so many that a dump of the table takes several datagrams, between which it can change. */
const many = 2000;

let pid = "";

export const dumpInterrupted: Fault = {
  name: "tables change while a resolver reads them (NLM_F_DUMP_INTR)",
  promise: "they are read again, a bounded number of times, and what is missing comes; the resolver goes on",
  undisturbed: [
    ["red", "blue"],
    ["blue", "red"],
  ],
  strike: async (scene) => {
    const a = scene.host("a");
    pid = await resolverPid(a);
    await a.script(
      `for index in $(seq ${many}); do
         echo "neigh replace 7.8.$((index >> 8)).$((index & 255)) lladdr 02:99:00:00:00:01 nud permanent dev br0"
       done | ip -n overns -batch -
       (for index in $(seq ${many}); do
         echo "neigh del 7.8.$((index >> 8)).$((index & 255)) dev br0"
         echo "neigh replace 7.8.$((index >> 8)).$((index & 255)) lladdr 02:99:00:00:00:02 nud permanent dev br0"
       done | ip -n overns -batch -) &
       for round in $(seq 10); do kill -HUP ${pid}; sleep 0.02; done
       ip -n overns neigh del 7.7.7.3 dev vxlan1
       wait`,
    );
  },
  recovered: async (scene) => {
    const a = scene.host("a");
    if ((await resolverPid(a)) !== pid) throw new Error("the resolver ended");
    const { stdout } = await a.ssh(["ip", "-n", "overns", "neigh", "show", "dev", "vxlan1"]);
    return /7\.7\.7\.3 .*PERMANENT/.test(stdout);
  },
  tidy: async (scene) => {
    await scene.host("a").ssh(["ip", "-n", "overns", "neigh", "flush", "dev", "br0", "nud", "permanent"]);
  },
};
