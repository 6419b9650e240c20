/**
 * `node floor.js DEVICE BRIDGE`: an L3 miss answered with nothing around it, as the limit of what Node can do: the event loop's wake-up, and one call each
 * to receive, to write both entries and to send the ARP reply. No records: a MAC is made of its address, all have one VTEP. No checks, no counts.
 */
import { bytesOfIp, findDevice } from "@overlaynet/agent/entries/index";
import {
  AF,
  EventSocket,
  marshalNeighbour,
  MessageBatch,
  NLM_F,
  notifyManager,
  NTF,
  NUD,
  PacketSocket,
  RouteSocket,
  RTM,
} from "@overlaynet/agent/netlink/index";
import { ipToNumber, macOfIp, macToNumber, parseIp } from "@overlaynet/core/model/index";
import { arpReply } from "@overlaynet/core/resolver/index";
import { remote } from "./record-set.js";

/** In a request: `nlmsghdr`, `ndmsg`, NDA_DST with its four bytes, the header of NDA_LLADDR. */
const destinationAt = 16 + 12 + 4;
const linkAddressAt = destinationAt + 4 + 4;
/** In a notice: behind NDA_LINK_NETNSID, which a device has that was made in another namespace, comes NDA_DST (vxlan_fdb_info). */
const missedAt = 12 + 8 + 4;

function main(device: string, bridge: string): void {
  const route = new RouteSocket();
  const index = (name: string): number => findDevice(route, name)?.index ?? 0;
  const packets = new PacketSocket(index(bridge));
  const events = new EventSocket({ ignored: [route.port] });
  const sample = parseIp("0.0.0.0");
  const linkAddress = Buffer.alloc(6);
  linkAddress.writeUIntBE(macToNumber(macOfIp(sample)), 0, 6);
  const common = { interfaceIndex: index(device), type: 0, linkAddress };
  const flags = NLM_F.CREATE | NLM_F.REPLACE;
  const batch = new MessageBatch();
  const forwarding = { family: AF.BRIDGE, state: NUD.PERMANENT | NUD.NOARP, flags: NTF.SELF | NTF.EXT_LEARNED };
  batch.add({
    type: RTM.NEWNEIGH,
    flags,
    payload: marshalNeighbour({ ...common, ...forwarding, destination: bytesOfIp(ipToNumber(remote)) }),
  });
  const second = batch.length;
  const neighbour = { family: AF.INET, state: NUD.PERMANENT, flags: 0, destination: Buffer.alloc(4) };
  batch.add({ type: RTM.NEWNEIGH, flags, payload: marshalNeighbour({ ...common, ...neighbour }) });
  const { bytes } = batch;
  const frames = [Buffer.alloc(42)];
  const refused = (): never => {
    throw new Error("an entry or a frame was refused");
  };
  events.listen(() => {
    events.drain(1, ({ type, bytes: notice, start }) => {
      if (type !== RTM.GETNEIGH || notice.readUInt8(start) !== AF.INET) return;
      const ip = notice.readUInt32BE(start + missedAt);
      bytes.writeUInt32BE(ip, linkAddressAt + 2);
      bytes.writeUInt32BE(ip, second + destinationAt);
      bytes.writeUInt32BE(ip, second + linkAddressAt + 2);
      route.execute(batch, refused);
      arpReply(ip, 0x0242_0000_0000 + ip, frames[0]);
      packets.send(frames, 1, refused);
    });
  });
  notifyManager(process.env["NOTIFY_SOCKET"], "READY=1");
}

const [device, bridge] = process.argv.slice(2);
if (device === undefined || bridge === undefined) throw new Error("floor needs a device and a bridge");
main(device, bridge);
