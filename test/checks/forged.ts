/** A VXLAN packet as an attacker makes it: what is to be UDP's payload. */
export interface ForgedEcho {
  readonly vni: number;
  /** Inner MAC and IP addresses. */
  readonly from: { readonly mac: string; readonly ip: string };
  readonly to: { readonly mac: string; readonly ip: string };
}

/** An ICMP echo request in Ethernet in VXLAN (RFC 7348 section 5, RFC 791, RFC 792). */
export function forgedEcho({ vni, from, to }: ForgedEcho): Buffer {
  const vxlan = Buffer.from([0x08, 0, 0, 0, vni >> 16, (vni >> 8) & 0xff, vni & 0xff, 0]);
  const ethernet = Buffer.concat([macBytes(to.mac), macBytes(from.mac), Buffer.from([0x08, 0])]);
  const icmp = Buffer.from([8, 0, 0, 0, 0, 1, 0, 1]);
  icmp.writeUInt16BE(checksum(icmp), 2);
  const head = Buffer.from([0x45, 0, 0, 20 + icmp.length, 0, 0, 0, 0, 64, 1, 0, 0]);
  const ip = Buffer.concat([head, ipBytes(from.ip), ipBytes(to.ip)]);
  ip.writeUInt16BE(checksum(ip), 10);
  return Buffer.concat([vxlan, ethernet, ip, icmp]);
}

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(":", ""), "hex");
}

function ipBytes(ip: string): Buffer {
  return Buffer.from(ip.split(".").map(Number));
}

/** RFC 1071, of an even number of bytes. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
