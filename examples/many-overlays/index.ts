import * as pulumi from "@pulumi/pulumi";
import { Container, type HostArgs, Overlay } from "overlaynet";

const config = new pulumi.Config();
const hosts = config.requireObject<Record<string, { address: string; hostKey?: string }>>("hosts");
/** Whose networks there are; each is an overlay of its own, and all use the same addresses. */
const tenants = config.getObject<string[]>("tenants") ?? ["acme", "umbrella"];

const machines = Object.fromEntries(
  Object.entries(hosts).map(([name, { address, ...connection }]): [string, HostArgs] => [
    name,
    { address, connection },
  ]),
);

/** For each tenant, where the network namespaces of its containers are. */
export const namespaces = Object.fromEntries(
  tenants.map((tenant, index) => {
    const net = new Overlay(tenant, { vni: 500 + index, cidr: "10.0.0.0/24", gateway: "10.0.0.1", hosts: machines });
    const containers = Object.keys(machines).map((host, place) => {
      return new Container(`${tenant}-${host}`, { overlay: net, host, ip: `10.0.0.${place + 2}` });
    });
    return [tenant, containers.map(({ netnsPath }) => netnsPath)] as const;
  }),
);
