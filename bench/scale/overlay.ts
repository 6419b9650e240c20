import { execaSync } from "execa";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ip, ipFromNumber, macOfIp, parseIp } from "@overlaynet/core/model/index";

const there = parseIp("192.168.64.28");
const first = 0x0a00_0002;

/** One overlay on a host of namespaces, with a number of records of containers that are elsewhere. */
export class Overlay {
  readonly namespace = `scale${process.pid}`;
  readonly folder = mkdtempSync(join(tmpdir(), "overlaynet-scale-"));
  readonly socketPath = join(this.folder, "control.sock");
  readonly configPath = join(this.folder, "resolver.json");

  /** Makes a namespace with bridge and VXLAN device, and the configuration of a resolver. */
  constructor() {
    const config = {
      overlay: "scale",
      device: "vxlan1",
      bridge: "br0",
      vni: 4243,
      cidr: "10.0.0.0/8",
      gateway: "10.0.0.1",
      local: "192.168.64.27",
      learning: false,
      resolve: "push",
      storage: join(this.folder, "records"),
    };
    writeFileSync(this.configPath, JSON.stringify(config));
    for (const table of ["arp", "fdb"]) mkdirSync(join(config.storage, table), { recursive: true });
    execaSync("ip", ["netns", "add", this.namespace]);
    this.makeDevice();
  }

  /** Makes the device anew: its tables are empty then. */
  makeDevice(): void {
    const lines = [
      "link add br0 type bridge",
      "link set br0 up",
      "link add vxlan1 type vxlan id 4243 dstport 4789 local 192.168.64.27 nolearning proxy l2miss l3miss",
      "link set vxlan1 master br0 up",
    ];
    execaSync("ip", ["-n", this.namespace, "-force", "-batch", "-"], { input: lines.join("\n"), reject: false });
  }

  dropDevice(): void {
    execaSync("ip", ["-n", this.namespace, "link", "del", "vxlan1"]);
  }

  /** Writes the records from one number to another. */
  record(from: number, to: number): void {
    for (let number = from; number < to; number += 1) this.place(ipFromNumber(first + number), there);
  }

  /** Writes an address' record and its MAC's. */
  place(ip: Ip, vtep: Ip): void {
    writeFileSync(join(this.folder, "records/arp", ip), `${macOfIp(ip)}\n`);
    writeFileSync(join(this.folder, "records/fdb", macOfIp(ip)), `${vtep}\n`);
  }

  /** The same entries by iproute2, from text that is there before the clock starts. Answers with seconds. */
  fillByBatch(count: number): number {
    const ips = Array.from({ length: count }, (_, number) => ipFromNumber(first + number));
    const neighbours = join(this.folder, "neighbours.batch");
    const forwarding = join(this.folder, "forwarding.batch");
    const lines = (of: (ip: Ip) => string): string => ips.map((ip) => `${of(ip)}\n`).join("");
    writeFileSync(
      neighbours,
      lines((ip) => `neigh replace ${ip} lladdr ${macOfIp(ip)} dev vxlan1 nud permanent`),
    );
    writeFileSync(
      forwarding,
      lines((ip) => `fdb replace ${macOfIp(ip)} dev vxlan1 self dst ${there}`),
    );
    const began = performance.now();
    execaSync("ip", ["-n", this.namespace, "-batch", neighbours]);
    execaSync("bridge", ["-n", this.namespace, "-batch", forwarding]);
    return (performance.now() - began) / 1000;
  }

  remove(): void {
    execaSync("ip", ["-n", this.namespace, "link", "del", "vxlan1"], { reject: false });
    execaSync("ip", ["netns", "del", this.namespace], { reject: false });
    rmSync(this.folder, { recursive: true, force: true });
  }
}
