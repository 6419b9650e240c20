import {
  type Ack,
  AF,
  type DumpReader,
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

export const deviceIndex = 7;
const errno = { EPERM: 1, ENOENT: 2, EEXIST: 17, ENODEV: 19, EINVAL: 22, EOPNOTSUPP: 95 } as const;
const fixed = NUD.PERMANENT | NUD.NOARP;

interface Entry {
  readonly message: NeighbourMessage;
  /** A forwarding entry that came by netlink without NTF_EXT_LEARNED (NTF_VXLAN_ADDED_BY_USER). */
  readonly byUser: boolean;
}

/**
 * Plays the kernel for one VXLAN device, in its own messages. Refuses what the real one refuses, and takes the same liberties (neigh_add in
 * net/core/neighbour.c, vxlan_fdb_add and vxlan_fdb_update_existing in drivers/net/vxlan/vxlan_core.c).
 */
export class FakeKernel implements RouteConnection {
  readonly neighbours = new Map<string, Entry>();
  readonly forwarding = new Map<string, Entry>();
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
    // A copy: the batch is used again.
    unmarshalMessages(Buffer.from(batch.bytes.subarray(0, batch.length))).messages.forEach((request, index) => {
      this.requests.push(request);
      if (this.refuse > 0) {
        this.refuse -= 1;
        refused(index, { sequence: index, errno: errno.EPERM, text: "as the test told" });
        return;
      }
      const code = this.#execute(request);
      if (code !== 0) refused(index, { sequence: index, errno: code });
    });
  }

  dump({ payload }: Request, reader: DumpReader): void {
    this.#failWhenTold();
    const family = unmarshalNeighbour(payload)?.family;
    const table = family === AF.BRIDGE ? this.forwarding : this.neighbours;
    reader.begin();
    for (const { message } of table.values()) {
      reader.read(messageOf(RTM.NEWNEIGH, message));
      reader.pause?.();
    }
  }

  /** As the real one, which takes nothing but the key and NTF_SELF (neigh_valid_get_req, valid_fdb_get_strict). */
  get({ payload }: Request, read: (message: MessagePlace) => void): boolean {
    this.#failWhenTold();
    const asked = unmarshalNeighbour(payload);
    if (asked?.interfaceIndex !== deviceIndex) throw new NetlinkError("get", errno.ENODEV);
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
    const message = { family: AF.INET, interfaceIndex: deviceIndex, state: NUD.PERMANENT, flags: 0, type: 0, ...entry };
    return this.#execute({ type, flags, payload: marshalNeighbour(message) });
  }

  /** The device learns from a frame: an existing entry that is fixed stays (vxlan_snoop). */
  learn(linkAddress: Buffer, destination: Buffer): void {
    const existing = this.forwarding.get(linkAddress.toString("hex"));
    if (existing && (existing.message.state & fixed) !== 0) return;
    const message = { family: AF.BRIDGE, interfaceIndex: deviceIndex, state: NUD.REACHABLE, flags: NTF.SELF, type: 0 };
    this.#put(this.forwarding, {
      message: { ...message, linkAddress, destination },
      byUser: existing?.byUser ?? false,
    });
  }

  /** The device goes down and comes up: what is not permanent is flushed (vxlan_stop, neigh_ifdown). */
  flap(): void {
    for (const table of [this.neighbours, this.forwarding]) {
      for (const [key, { message }] of table) if ((message.state & fixed) === 0) table.delete(key);
    }
  }

  takeNotices(): Notice[] {
    const notices = this.notices;
    this.notices = [];
    return notices;
  }

  #failWhenTold(): void {
    if (this.fail <= 0) return;
    this.fail -= 1;
    throw new NetlinkError("send", 105);
  }

  #execute({ type, flags, payload }: Request): number {
    const message = unmarshalNeighbour(payload);
    if (message === undefined) return errno.EINVAL;
    if (message.interfaceIndex !== deviceIndex) return errno.ENODEV;
    const isForwarding = message.family === AF.BRIDGE;
    const key = isForwarding ? message.linkAddress : message.destination;
    if (key?.length !== (isForwarding ? 6 : 4)) return errno.EINVAL;
    // Without NTF_SELF the bridge's table is meant, which this device has not.
    if (isForwarding && (message.flags & NTF.SELF) === 0) return errno.EOPNOTSUPP;
    const table = isForwarding ? this.forwarding : this.neighbours;
    if (type === RTM.DELNEIGH) return this.#delete(table, key.toString("hex"));
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
    const { linkAddress, destination, state } = message;
    if ((state & (NUD.PERMANENT | NUD.REACHABLE)) === 0) return errno.EINVAL;
    if (destination?.length !== 4 || linkAddress === undefined) return errno.EINVAL;
    const isGroup = (linkAddress.readUInt8(0) & 1) === 1;
    if (isGroup && (flags & NLM_F.REPLACE) !== 0) return errno.EOPNOTSUPP;
    const learned = (message.flags & NTF.EXT_LEARNED) !== 0;
    if (existing === undefined) {
      this.#put(this.forwarding, { message, byUser: !learned });
    } else if (learned && existing.byUser) {
      this.#put(this.forwarding, { message: { ...existing.message, destination }, byUser: true });
    } else {
      this.#put(this.forwarding, { message, byUser: !learned });
    }
    return 0;
  }

  #delete(table: Map<string, Entry>, key: string): number {
    const entry = table.get(key);
    if (entry === undefined) return errno.ENOENT;
    table.delete(key);
    this.changes += 1;
    this.notices.push(messageOf(RTM.DELNEIGH, entry.message));
    return 0;
  }

  #put(table: Map<string, Entry>, entry: Entry): void {
    const key = table === this.forwarding ? entry.message.linkAddress : entry.message.destination;
    table.set(key?.toString("hex") ?? "", entry);
    this.changes += 1;
    this.notices.push(messageOf(RTM.NEWNEIGH, entry.message));
  }
}

/** The kernel's notice that the device lacks the MAC of an address, or the VTEP of a MAC. */
export function missOf(lacking: { readonly destination: Buffer } | { readonly linkAddress: Buffer }): Notice {
  const message = { family: AF.INET, interfaceIndex: deviceIndex, state: NUD.STALE, flags: 0, type: 1 };
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
