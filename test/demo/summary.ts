import { members, pairs } from "../checks/network.js";
import { type Place, ping } from "../checks/ping.js";
import { mainJob } from "../checks/topology.js";
import type { Endpoint, Lab } from "../hosts/index.js";
import type { Pinged } from "./matrix.js";

/** The endpoint outside Pulumi's care: what examples/two-hosts says of it. */
export const printer = { ip: "7.7.7.9", mac: "02:42:c0:a8:00:04" };

/** Pings every pair, the endpoint outside included, one after the other. */
export async function pingEveryPair(lab: Lab, endpoint: Endpoint): Promise<Pinged[]> {
  const containers = members(lab, mainJob(lab));
  const outside: Place = (argv, options) => endpoint.exec(argv, options);
  const within = pairs(containers).map(([from, to]) => ({ from: from.name, exec: from.exec, to: to.name, ip: to.ip }));
  const across = containers.flatMap(({ name, exec, ip }) => [
    { from: name, exec, to: endpoint.name, ip: printer.ip },
    { from: endpoint.name, exec: outside, to: name, ip },
  ]);
  const rows: Pinged[] = [];
  for (const { from, exec, to, ip } of [...within, ...across]) {
    rows.push({ from, to, result: await ping(exec, ip, { interval: 0.05 }) });
  }
  return rows;
}

/** What to type next. */
export function howToLookAround(lab: Lab): string {
  const run = lab.name === "lab" ? "npm run lab --" : `npm run lab -- --name ${lab.name}`;
  return `Look around:
  ${run} ssh a                                        a shell on host a
  ${run} exec a -- ip netns exec red ping 7.7.7.3     red, on a, pings pink, on b
  ${run} exec a -- ip -n overns -d link               the overlay's devices
  ${run} exec a -- ip -n overns neigh                 who has which address
  ${run} exec a -- bridge -n overns fdb show dev vxlan1
  ${run} exec a -- journalctl -u overlaynet-resolver@lab
  npm run demo -- down                                      pulumi destroy, and the hosts' removal`;
}
