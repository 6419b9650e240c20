import * as pulumi from "@pulumi/pulumi";
import { Container, type HostArgs, Overlay } from "overlaynet";

const config = new pulumi.Config();
const hosts = config.requireObject<Record<string, { address: string; hostKey?: string }>>("hosts");
/** On every host: `arp/<ip>` holds a MAC address, `fdb/<mac>` the VTEP it is behind. */
const storage = config.get("storage") ?? "/overlaynet/storage";
/** VTEPs that only those records name. A record alone works outward: who may send here is said by the program. */
const trustedVteps = config.getObject<string[]>("trustedVteps") ?? [];

const net = new Overlay("lab", {
  vni: 42,
  cidr: "7.7.7.0/24",
  gateway: "7.7.7.1",
  hosts: Object.fromEntries(
    Object.entries(hosts).map(([name, { address, ...connection }]): [string, HostArgs] => [
      name,
      { address, connection },
    ]),
  ),
  storage,
  trustedVteps,
});

/** One on each host. Their records are added to the folder and go with them; those that are there already stay. */
export const containers = Object.fromEntries(
  Object.keys(hosts).map((host, index) => {
    const { ip } = new Container(`web-${host}`, { overlay: net, host, ip: `7.7.7.${index + 2}` });
    return [`web-${host}`, ip];
  }),
);
