import * as pulumi from "@pulumi/pulumi";
import { Container, type HostArgs, Overlay } from "overlaynet";

const config = new pulumi.Config();
const hosts = config.requireObject<Record<string, { address: string; hostKey?: string }>>("hosts");
/** The folder on every host into which something else, an rsync or an inventory, puts a record for each of very many endpoints. */
const storage = config.require("storage");

const net = new Overlay("city", {
  vni: 700,
  cidr: "10.64.0.0/10",
  gateway: "10.64.0.1",
  hosts: Object.fromEntries(
    Object.entries(hosts).map(([name, { address, ...connection }]): [string, HostArgs] => [
      name,
      { address, connection },
    ]),
  ),
  storage,
  // Nothing is written ahead of need: an entry comes with the first packet to its endpoint, about a millisecond later than it would otherwise.
  resolve: "miss",
});

export const containers = Object.keys(hosts).map((host, index) => {
  return new Container(`meter-${host}`, { overlay: net, host, ip: `10.64.0.${index + 2}` }).ip;
});
