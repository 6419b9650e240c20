const etherTypeArp = 0x0806;
const hardwareEthernet = 1;
const protocolIpv4 = 0x0800;
const operationReply = 2;

/**
 * The Ethernet frame of a broadcast ARP reply, sender and target the same: "this IP is at this MAC" (RFC 826; RFC 5227 section 3 calls it
 * an announcement). A container that waits for the address takes it and sends the packet it had queued: the kernel updates an existing
 * entry, incomplete ones too, and never makes one from it (arp_process in net/ipv4/arp.c; the target MAC must equal the sender's for it
 * to override a MAC learnt less than a second ago, arp_is_garp). The VXLAN device swallows the copy it gets.
 *
 * @param ip as ipToNumber gives it @param mac as macToNumber does
 * @param frame of 42 bytes, to be used again: a miss waits for it
 */
export function arpReply(ip: number, mac: number, frame = Buffer.allocUnsafe(42)): Buffer {
  const high = Math.floor(mac / 0x1_0000_0000);
  const low = mac >>> 0;
  frame.fill(0xff, 0, 6);
  writeMac(frame, 6, high, low);
  frame.writeUInt16BE(etherTypeArp, 12);
  frame.writeUInt16BE(hardwareEthernet, 14);
  frame.writeUInt16BE(protocolIpv4, 16);
  frame.writeUInt8(6, 18);
  frame.writeUInt8(4, 19);
  frame.writeUInt16BE(operationReply, 20);
  writeMac(frame, 22, high, low);
  frame.writeUInt32BE(ip, 28);
  writeMac(frame, 32, high, low);
  frame.writeUInt32BE(ip, 38);
  return frame;
}

function writeMac(frame: Buffer, offset: number, high: number, low: number): void {
  frame.writeUInt16BE(high, offset);
  frame.writeUInt32BE(low, offset + 2);
}
