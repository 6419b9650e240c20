import { type Command, type CommandOptions } from "./command.js";

/** Where another endpoint's container is: what the original kept in arp/<ip> and fdb/<mac>. */
export interface PeerRecord {
  readonly ip: string;
  readonly mac: string;
  readonly vtep: string;
}

/** An endpoint made with `ip` and `bridge` by hand, as in the demonstration this project comes from. */
export interface EndpointSpec {
  /** Its namespace's name, at most 13 letters; "printer" unless given. */
  readonly name?: string;
  /** On the underlay; 192.168.64.40 unless given. */
  readonly address?: string;
  readonly vni: number;
  /** UDP; 4789 unless given. */
  readonly port?: number;
  /** In the overlay, with its prefix length: `7.7.7.9/24`. */
  readonly ip: string;
  readonly mac: string;
  readonly peers: readonly PeerRecord[];
}

type Run = (namespace: string, argv: readonly string[], options?: CommandOptions) => Command;

/** The VXLAN device carries the overlay's address itself: no bridge, no learning, every entry static. */
const DEVICE = "vxlan1";

export class Endpoint {
  private constructor(
    readonly name: string,
    /** On the underlay: its VTEP. */
    readonly address: string,
    private readonly run: Run,
  ) {}

  /** Makes the namespace, its leg on the underlay and its VXLAN device, with the peers' entries. */
  static async make(spec: EndpointSpec, run: Run): Promise<Endpoint> {
    const { name = "printer", address = "192.168.64.40", port = 4789, vni, ip, mac } = spec;
    const endpoint = new Endpoint(name, address, run);
    const link = `u-${name}`;
    const device = ["type", "vxlan", "id", `${vni}`, "dstport", `${port}`, "local", address, "nolearning"];
    await run("underlay", ["ip", "netns", "add", name]);
    const peer = ["peer", "name", "eth0", "netns", name];
    await run("underlay", ["ip", "link", "add", link, "master", "underlay", "type", "veth", ...peer]);
    await run("underlay", ["ip", "link", "set", link, "up"]);
    await endpoint.exec(["ip", "link", "set", "lo", "up"]);
    await endpoint.exec(["ip", "addr", "add", `${address}/24`, "dev", "eth0"]);
    await endpoint.exec(["ip", "link", "set", "eth0", "up"]);
    await endpoint.exec(["ip", "link", "add", DEVICE, "address", mac, "mtu", "1450", ...device]);
    await endpoint.exec(["ip", "addr", "add", ip, "dev", DEVICE]);
    await endpoint.exec(["ip", "link", "set", DEVICE, "up"]);
    for (const record of spec.peers) await endpoint.know(record);
    return endpoint;
  }

  /** Writes a peer's two entries, new or changed, as one would by hand. */
  async know({ ip, mac, vtep }: PeerRecord): Promise<void> {
    await this.exec(["ip", "neigh", "replace", ip, "lladdr", mac, "dev", DEVICE, "nud", "permanent"]);
    await this.exec(["bridge", "fdb", "replace", mac, "dev", DEVICE, "self", "dst", vtep]);
  }

  /** Runs `argv` in the endpoint's network namespace. @throws as `run` does. */
  exec(argv: readonly string[], options?: CommandOptions): Command {
    return this.run(this.name, argv, options);
  }

  /** Removes the namespace, and with it all that was made in it. */
  async remove(): Promise<void> {
    await this.run("underlay", ["ip", "link", "del", `u-${this.name}`]);
    await this.run("underlay", ["ip", "netns", "del", this.name]);
  }
}
