/**
 * `node scan.js OPTIONS` in a container's namespace, the options as JSON: sends the ARP requests of a scan, or whatever else a container that
 * means no good sends, as fast as told.
 */
import { readFileSync } from "node:fs";
import { PacketSocket } from "@overlaynet/agent/netlink/index";
import { forgedEcho } from "../checks/forged.js";

export interface ScanOptions {
  /** ARP requests for every address of 7.7.0.0/16; unicast frames, or echo requests, to as many MACs that nobody has; echo requests with a VLAN tag to everybody; ARP replies that claim `claim`. */
  readonly kind: "arp" | "unicast" | "echo" | "tagged" | "claim";
  readonly count: number;
  /** Frames per second. */
  readonly rate: number;
  /** What the sender pretends: an address and, instead of its own, a MAC. */
  readonly claim?: { readonly ip: readonly number[]; readonly mac?: string };
}

const broadcast = Buffer.alloc(6, 0xff);
const own = Buffer.from(readFileSync("/sys/class/net/eth0/address", "utf8").trim().replaceAll(":", ""), "hex");
const index = Number(readFileSync("/sys/class/net/eth0/ifindex", "utf8"));

function arp(operation: number, sender: Buffer, senderIp: readonly number[], targetIp: readonly number[]): Buffer {
  return Buffer.concat([
    broadcast,
    sender,
    Buffer.from([0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, operation]),
    sender,
    Buffer.from(senderIp),
    operation === 1 ? Buffer.alloc(6) : sender,
    Buffer.from(targetIp),
  ]);
}

function frame({ kind, claim }: ScanOptions, number: number): Buffer {
  const sender = claim?.mac === undefined ? own : Buffer.from(claim.mac.replaceAll(":", ""), "hex");
  const ip = claim?.ip ?? [7, 7, 0, 2];
  if (kind === "arp") return arp(1, sender, ip, [7, 7, (number >> 8) & 255, number & 255]);
  if (kind === "claim") return arp(2, sender, ip, ip);
  const nobody = Buffer.from([2, 0x99, (number >> 24) & 255, (number >> 16) & 255, (number >> 8) & 255, number & 255]);
  const echo = (to: Buffer): Buffer => {
    const ends = {
      from: { mac: sender.toString("hex"), ip: ip.join(".") },
      to: { mac: to.toString("hex"), ip: "7.7.7.200" },
    };
    // Without the VXLAN header.
    return forgedEcho({ vni: 0, ...ends }).subarray(8);
  };
  if (kind === "echo") return echo(nobody);
  if (kind === "tagged") {
    const plain = echo(broadcast);
    return Buffer.concat([plain.subarray(0, 12), Buffer.from([0x81, 0, 0, 5]), plain.subarray(12)]);
  }
  // For local experiments (IEEE 802): an IP packet made of zeros would be dropped where the bridge has netfilter look at it.
  return Buffer.concat([nobody, sender, Buffer.from([0x88, 0xb5]), Buffer.alloc(46)]);
}

function main(options: ScanOptions): void {
  const socket = new PacketSocket(index);
  const start = performance.now();
  let sent = 0;
  let lost = 0;
  const timer = setInterval(() => {
    const due = Math.min(options.count, ((performance.now() - start) / 1000) * options.rate);
    for (; sent < due; sent += 1) {
      // Where the queue of the interface is full: a flood does not care.
      socket.send([frame(options, sent)], 1, () => (lost += 1));
    }
    if (sent < options.count) return;
    clearInterval(timer);
    socket.close();
    const seconds = (performance.now() - start) / 1000;
    process.stdout.write(`${JSON.stringify({ sent, lost, seconds })}\n`);
  }, 1);
}

const [given] = process.argv.slice(2);
if (given === undefined) throw new Error("scan needs its options as JSON");
main(JSON.parse(given) as ScanOptions);
