import * as pulumi from "@pulumi/pulumi";
import { Container, type HostArgs, NeighEntry, Overlay } from "overlaynet";

/** A VXLAN device outside the program's care, and who is behind it. */
interface External {
  /** Its address on the underlay. */
  readonly vtep: string;
  readonly endpoints: Record<string, { ip: string; mac: string }>;
}

const config = new pulumi.Config();
const hosts = config.requireObject<Record<string, { address: string; hostKey?: string }>>("hosts");
const external = config.requireObject<External>("external");

const net = new Overlay("campus", {
  vni: 300,
  cidr: "10.30.0.0/24",
  gateway: "10.30.0.1",
  hosts: Object.fromEntries(
    Object.entries(hosts).map(([name, { address, ...connection }]): [string, HostArgs] => [
      name,
      { address, connection },
    ]),
  ),
});

const containers = Object.keys(hosts).map(
  (host, index) => new Container(`app-${host}`, { overlay: net, host, ip: `10.30.0.${index + 2}` }),
);

/** All hosts are told of each endpoint, and let its VTEP send to them. */
const endpoints = Object.entries(external.endpoints).map(
  ([name, { ip, mac }]) => new NeighEntry(name, { overlay: net, ip, mac, vtep: external.vtep }),
);

/** What the other side has to be told by its own means: `bridge fdb replace MAC dev DEVICE self dst VTEP`, and the address if it routes or proxies. */
export const tellTheOtherSide = containers.map(({ ip, mac, host }) =>
  pulumi
    .all([ip, mac, host])
    .apply(([address, lladdr, on]) => ({ ip: address, mac: lladdr, vtep: hosts[on]?.address })),
);

/** Whom the containers reach by now. */
export const reachable = endpoints.map(({ ip }) => ip);
