import type { Lab } from "../hosts/index.js";
import { mainJob, type Topology } from "../checks/topology.js";

/** The project that recorded states are of; URNs hold its name. */
export const project = "recorded";

/** Where hosts keep what they were asked for. */
export const desiredFolder = "/var/lib/overlaynet/lab/desired";

/** What recorded states were made from: no key of a host in it, for those differ in every lab; the operator's key comes from ssh-agent. */
export function recordedTopology(lab: Lab): Topology {
  const connection = { hostKeyCheck: "accept-new", knownHostsPath: "none" };
  const hosts = Object.fromEntries(lab.hosts.map(({ name, address }) => [name, { address, connection }]));
  return {
    ...mainJob(lab, { hosts }),
    neighEntries: { printer: { overlay: "lab", ip: "7.7.7.9", mac: "02:42:c0:a8:00:09", vtep: "192.168.64.40" } },
  };
}
