import * as pulumi from "@pulumi/pulumi";
import { Container, NeighEntry, Overlay } from "overlaynet";

/** A machine as the stack's configuration names it. */
interface Machine {
  /** Its underlay address. */
  readonly address: string;
  /** As `ssh-keyscan` prints it; without it, known_hosts decides. */
  readonly hostKey?: string;
  /** Defaults to root. */
  readonly user?: string;
  /** Defaults to 22. */
  readonly port?: number;
}

const config = new pulumi.Config();
const machines = config.requireObject<Record<"a" | "b", Machine>>("hosts");
const printer = config.getObject<{ ip: string; mac: string; vtep: string }>("printer") ?? {
  ip: "7.7.7.9",
  mac: "02:42:c0:a8:00:04",
  vtep: "192.168.64.40",
};

const net = new Overlay("lab", {
  vni: 42,
  cidr: "7.7.7.0/24",
  gateway: "7.7.7.1",
  port: 4789,
  namespace: "overns",
  bridge: "br0",
  device: "vxlan1",
  hosts: { a: host(machines.a), b: host(machines.b) },
});

const red = new Container("red", { overlay: net, host: "a", ip: "7.7.7.2" });
const green = new Container("green", { overlay: net, host: "a", ip: "7.7.7.4" });
const pink = new Container("pink", { overlay: net, host: "b", ip: "7.7.7.3" });
const outside = new NeighEntry("printer", { overlay: net, ...printer });

/** Credentials are not here: they come from `pulumi config set overlaynet:privateKeyPath …`, or from ssh-agent. */
function host({ address, ...connection }: Machine): { address: string; connection: Omit<Machine, "address"> } {
  return { address, connection };
}

/** Every host by name: "ready", or why it is not. */
export const hosts = net.status;

/** Who is where. */
export const containers = Object.fromEntries(
  Object.entries({ red, green, pink }).map(([name, container]) => {
    const { host: on, ip, mac, netnsPath, vethName } = container;
    return [name, { host: on, ip, mac, netnsPath, vethName }];
  }),
);

/** The endpoint outside this program's care. */
export const endpoint = { ip: outside.ip, mac: outside.mac, vtep: outside.vtep };
