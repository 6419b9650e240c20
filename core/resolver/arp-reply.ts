import { type Ip, ipToNumber, type Mac } from "../model/index.js";

const etherTypeArp = 0x0806;
const hardwareEthernet = 1;
const protocolIpv4 = 0x0800;
const operationReply = 2;
const broadcast = Buffer.alloc(6, 0xff);

/**
 * The Ethernet frame of a broadcast ARP reply, sender and target the same: "this IP is at this MAC" (RFC 826; RFC 5227 section 3 calls it
 * an announcement). A container that waits for the address takes it and sends the packet it had queued: the kernel updates an existing
 * entry, incomplete ones too, and never makes one from it (arp_process in net/ipv4/arp.c; the target MAC must equal the sender's for it
 * to override a MAC learnt less than a second ago, arp_is_garp). The VXLAN device swallows the copy it gets.
 */
export function arpReply(ip: Ip, mac: Mac): Buffer {
  const frame = Buffer.alloc(42);
  const hardware = Buffer.from(mac.replaceAll(":", ""), "hex");
  const address = ipToNumber(ip);
  broadcast.copy(frame, 0);
  hardware.copy(frame, 6);
  frame.writeUInt16BE(etherTypeArp, 12);
  frame.writeUInt16BE(hardwareEthernet, 14);
  frame.writeUInt16BE(protocolIpv4, 16);
  frame.writeUInt8(6, 18);
  frame.writeUInt8(4, 19);
  frame.writeUInt16BE(operationReply, 20);
  hardware.copy(frame, 22);
  frame.writeUInt32BE(address, 28);
  hardware.copy(frame, 32);
  frame.writeUInt32BE(address, 38);
  return frame;
}
