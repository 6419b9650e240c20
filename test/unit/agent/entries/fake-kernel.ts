import {
  type Ack,
  AF,
  type DumpReader,
  IFF_UP,
  marshalLink,
  marshalNeighbour,
  type Message,
  type MessageBatch,
  type MessagePlace,
  type NeighbourMessage,
  NetlinkError,
  NLM_F,
  NTF,
  NUD,
  type Request,
  type RouteConnection,
  RTM,
  unmarshalMessages,
  unmarshalNeighbour,
} from "@overlaynet/agent/netlink/index";
import { errno, type Fault } from "./fault.js";

export const deviceIndex = 7;
export const bridgeIndex = 3;
const fixed = NUD.PERMANENT | NUD.NOARP;

interface Entry {
  readonly message: NeighbourMessage;
  /** A forwarding entry that came by netlink, whatever its flags, and was not learnt (NTF_VXLAN_ADDED_BY_USER). */
  readonly byUser: boolean;
}

/**
 * Plays the kernel for one VXLAN device and its bridge, in its own messages. Refuses what the real one refuses, and takes the same liberties
 * (neigh_add in net/core/neighbour.c, vxlan_fdb_add and vxlan_fdb_update_existing in drivers/net/vxlan/vxlan_core.c). Calls fail by
 * plan.
 */
export class FakeKernel implements RouteConnection {
  readonly neighbours = new Map<string, Entry>();
  readonly forwarding = new Map<string, Entry>();
  /** What the next calls meet with, in their order; undefined: nothing. */
  readonly plan: (Fault | undefined)[] = [];
  /** The VXLAN device's index: another one after {@link FakeKernel.replaceDevice}. */
  device = deviceIndex;
  /** How many messages wait for a reader that does not read, at most: what comes then is lost. */
  queueLength = Infinity;
  /** Whether notices were lost since it was last looked (ENOBUFS). */
  overrun = false;
  #up = true;
  /** What it told everybody since they were last taken. */
  notices: Notice[] = [];
  /** Requests that changed something. */
  changes = 0;
  /** What it was asked to change. */
  requests: Request[] = [];
  /** How many of the next requests are refused with EPERM. */
  refuse = 0;
  /** How many of the next calls fail altogether. */
  fail = 0;

  execute(batch: MessageBatch, refused: (index: number, ack: Ack) => void): void {
    this.#failWhenTold();
    const fault = this.plan.shift();
    // A copy: the batch is used again.
    unmarshalMessages(Buffer.from(batch.bytes.subarray(0, batch.length))).messages.forEach((request, index) => {
      if (fault && "fails" in fault && index >= fault.after) throw new NetlinkError("send", fault.fails);
      const told = fault && "refuses" in fault ? (fault.refuses[index] ?? 0) : 0;
      this.requests.push(request);
      if (this.refuse > 0) {
        this.refuse -= 1;
        refused(index, { sequence: index, errno: errno.EPERM, text: "as the test told" });
        return;
      }
      const code = told === 0 ? this.#execute(request) : told;
      if (code !== 0) refused(index, { sequence: index, errno: code });
    });
  }

  dump({ type, payload }: Request, reader: DumpReader): void {
    this.#failWhenTold();
    const fault = this.plan.shift();
    if (fault && "fails" in fault) throw new NetlinkError("dump", fault.fails);
    reader.begin();
    for (const message of this.#dumped(type, payload)) {
      reader.read(message);
      reader.pause?.();
    }
  }

  #dumped(type: number, payload: Buffer): Notice[] {
    if (type === RTM.GETLINK) {
      return [this.#link("vxlan1", this.device, "vxlan"), this.#link("br0", bridgeIndex, "bridge")];
    }
    const family = unmarshalNeighbour(payload)?.family;
    const table = family === AF.BRIDGE ? this.forwarding : this.neighbours;
    return [...table.values()].map(({ message }) => messageOf(RTM.NEWNEIGH, message));
  }

  #link(name: string, index: number, kind: string, type: number = RTM.NEWLINK): Notice {
    const flags = this.#up || kind === "bridge" ? IFF_UP : 0;
    return placed({
      type,
      payload: marshalLink({ family: AF.UNSPEC, type: 1, interfaceIndex: index, flags, name, kind }),
    });
  }

  /** As the real one, which takes nothing but the key and NTF_SELF (neigh_valid_get_req, valid_fdb_get_strict). */
  get({ payload }: Request, read: (message: MessagePlace) => void): boolean {
    this.#failWhenTold();
    const asked = unmarshalNeighbour(payload);
    if (asked?.interfaceIndex !== this.device) throw new NetlinkError("get", errno.ENODEV);
    const isForwarding = asked.family === AF.BRIDGE;
    const key = isForwarding ? asked.linkAddress : asked.destination;
    const flags = isForwarding ? NTF.SELF : 0;
    if (asked.state !== 0 || asked.flags !== flags || key === undefined) throw new NetlinkError("get", errno.EINVAL);
    const found = (isForwarding ? this.forwarding : this.neighbours).get(key.toString("hex"));
    if (found) read(messageOf(RTM.NEWNEIGH, found.message));
    return found !== undefined;
  }

  close(): void {
    this.fail = Infinity;
  }

  /** Someone else's doing. @returns the errno */
  byHand(type: number, entry: Partial<NeighbourMessage>, flags: number = NLM_F.CREATE | NLM_F.REPLACE): number {
    const message = { family: AF.INET, interfaceIndex: this.device, state: NUD.PERMANENT, flags: 0, type: 0, ...entry };
    return this.#execute({ type, flags, payload: marshalNeighbour(message) });
  }

  /** The device learns from a frame: an existing entry that is fixed stays (vxlan_snoop). */
  learn(linkAddress: Buffer, destination: Buffer): void {
    const existing = this.forwarding.get(linkAddress.toString("hex"));
    if (existing && (existing.message.state & fixed) !== 0) return;
    const message = { family: AF.BRIDGE, interfaceIndex: this.device, state: NUD.REACHABLE, flags: NTF.SELF, type: 0 };
    this.#put(this.forwarding, {
      message: { ...message, linkAddress, destination },
      byUser: existing?.byUser ?? false,
    });
  }

  /** The device goes down, which flushes all neighbours and what is not permanent of the forwarding table (neigh_ifdown, vxlan_stop), or comes up. */
  setUp(up: boolean): void {
    if (this.#up === up) return;
    this.#up = up;
    if (!up) {
      this.#flush(this.neighbours, () => true);
      this.#flush(this.forwarding, ({ state }) => (state & fixed) === 0);
    }
    this.#tell(this.#link("vxlan1", this.device, "vxlan"));
  }

  flap(): void {
    this.setUp(false);
    this.setUp(true);
  }

  /** The device goes, with all of its entries, and another of its name comes. */
  replaceDevice(): void {
    this.setUp(false);
    for (const table of [this.neighbours, this.forwarding]) this.#flush(table, () => true);
    this.#tell(this.#link("vxlan1", this.device, "vxlan", RTM.DELLINK));
    this.device += 1;
    this.setUp(true);
  }

  #tell(notice: Notice): void {
    if (this.notices.length < this.queueLength) this.notices.push(notice);
    else this.overrun = true;
  }

  #flush(table: Map<string, Entry>, goes: (message: NeighbourMessage) => boolean): void {
    for (const [key, { message }] of table) if (goes(message)) this.#delete(table, key);
  }

  takeNotices(): Notice[] {
    const notices = this.notices;
    this.notices = [];
    return notices;
  }

  #failWhenTold(): void {
    if (this.fail <= 0) return;
    this.fail -= 1;
    throw new NetlinkError("send", errno.ENOBUFS);
  }

  #execute({ type, flags, payload }: Request): number {
    const message = unmarshalNeighbour(payload);
    if (message === undefined) return errno.EINVAL;
    if (message.interfaceIndex !== this.device) return errno.ENODEV;
    const isForwarding = message.family === AF.BRIDGE;
    const key = isForwarding ? message.linkAddress : message.destination;
    if (key?.length !== (isForwarding ? 6 : 4)) return errno.EINVAL;
    // Without NTF_SELF the bridge's table is meant, which this device has not.
    if (isForwarding && (message.flags & NTF.SELF) === 0) return errno.EOPNOTSUPP;
    const table = isForwarding ? this.forwarding : this.neighbours;
    if (type === RTM.DELNEIGH) return this.#delete(table, key.toString("hex"));
    if (isForwarding && (message.state & (NUD.PERMANENT | NUD.REACHABLE)) === 0) return errno.EINVAL;
    const existing = table.get(key.toString("hex"));
    if (existing && (flags & NLM_F.EXCL) !== 0) return errno.EEXIST;
    if (!existing && (flags & NLM_F.CREATE) === 0) return errno.ENOENT;
    return isForwarding ? this.#forward(message, existing, flags) : this.#resolve(message, existing, flags);
  }

  #resolve(message: NeighbourMessage, existing: Entry | undefined, flags: number): number {
    if (existing && (flags & NLM_F.REPLACE) === 0 && existing.message.linkAddress !== undefined) return 0;
    const protocol = message.protocol ?? existing?.message.protocol;
    this.#put(this.neighbours, {
      message: { ...message, ...(protocol === undefined ? {} : { protocol }) },
      byUser: true,
    });
    return 0;
  }

  #forward(message: NeighbourMessage, existing: Entry | undefined, flags: number): number {
    const { linkAddress, destination } = message;
    if (destination?.length !== 4 || linkAddress === undefined) return errno.EINVAL;
    const isMany = (linkAddress.readUInt8(0) & 1) === 1 || linkAddress.every((byte) => byte === 0);
    if (isMany && (flags & NLM_F.REPLACE) !== 0) return errno.EOPNOTSUPP;
    const isTakeover = (message.flags & NTF.EXT_LEARNED) !== 0 && existing?.byUser === true;
    this.#put(this.forwarding, { message: isTakeover ? { ...existing.message, destination } : message, byUser: true });
    return 0;
  }

  #delete(table: Map<string, Entry>, key: string): number {
    const entry = table.get(key);
    if (entry === undefined) return errno.ENOENT;
    table.delete(key);
    this.changes += 1;
    this.#tell(messageOf(RTM.DELNEIGH, entry.message));
    return 0;
  }

  #put(table: Map<string, Entry>, entry: Entry): void {
    const key = table === this.forwarding ? entry.message.linkAddress : entry.message.destination;
    table.set(key?.toString("hex") ?? "", entry);
    this.changes += 1;
    this.#tell(messageOf(RTM.NEWNEIGH, entry.message));
  }
}

/** The kernel's notice that the device lacks the MAC of an address, or the VTEP of a MAC. */
export function missOf(
  lacking: { readonly destination: Buffer } | { readonly linkAddress: Buffer },
  device = deviceIndex,
): Notice {
  const message = { family: AF.INET, interfaceIndex: device, state: NUD.STALE, flags: 0, type: 1 };
  return messageOf(RTM.GETNEIGH, { ...message, ...lacking });
}

/** A message, and where it lies: in a buffer of its own. */
export type Notice = MessagePlace & { readonly payload: Buffer };

export function placed(message: Pick<Message, "type" | "payload">): Notice {
  return { flags: 0, sequence: 0, ...message, bytes: message.payload, start: 0, end: message.payload.length };
}

function messageOf(type: number, entry: NeighbourMessage): Notice {
  return placed({ type, payload: marshalNeighbour(entry) });
}
