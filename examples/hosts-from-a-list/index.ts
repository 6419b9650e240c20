import * as pulumi from "@pulumi/pulumi";
import { Container, type HostArgs, Overlay } from "overlaynet";

/** A machine as the stack's configuration names it. */
interface Machine {
  readonly name: string;
  /** Its underlay address. */
  readonly address: string;
  /** As `ssh-keyscan` prints it; without it, known_hosts decides. */
  readonly hostKey?: string;
}

const config = new pulumi.Config();
const machines = config.requireObject<Machine[]>("hosts");
/** How many containers each machine has. */
const perHost = config.getNumber("containers") ?? 2;

const hosts = Object.fromEntries(
  machines.map(({ name, address, ...connection }): [string, HostArgs] => [name, { address, connection }]),
);

const net = new Overlay("mesh", { vni: 100, cidr: "10.100.0.0/16", gateway: "10.100.0.1", hosts });

/** A machine's containers are in a /24 of its own: 10.100.1.0/24 for the first, and so on. */
export const addresses = Object.fromEntries(
  machines.flatMap(({ name: host }, index) =>
    Array.from({ length: perHost }, (_, number) => {
      const name = `${host}-${number + 1}`;
      const container = new Container(name, { overlay: net, host, ip: `10.100.${index + 1}.${number + 2}` });
      return [name, container.ip] as const;
    }),
  ),
);
