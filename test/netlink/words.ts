import {
  type Ack,
  AF,
  type LinkMessage,
  type Message,
  type NeighbourMessage,
  NLM_F,
  NLMSG,
  NTF,
  NUD,
  RTM,
  unmarshalAck,
  unmarshalLink,
  unmarshalMessages,
  unmarshalNeighbour,
} from "@overlaynet/agent/netlink/index";

/**
 * What a datagram says, a line for each message, in the words of iproute2 and the kernel's headers: `RTM_NEWNEIGH inet dev 2 PERMANENT dst
 * 7.7.0.3 lladdr 02:42:07:07:00:03 protocol 111`. By the codec: a person compares it with the command once, tests compare with it ever after.
 */
export function wordsOf(datagram: Buffer): string[] {
  const { messages, rest } = unmarshalMessages(datagram);
  return [...messages.map(wordsOfMessage), ...(rest === 0 ? [] : [`${rest} bytes that are no message`])];
}

function wordsOfMessage(message: Message): string {
  const { type, payload, flags } = message;
  const head = [nameIn(RTM, type, "RTM_") ?? nameIn(NLMSG, type, "NLMSG_") ?? `type ${type}`];
  // The same bits mean other things in an error's answer.
  if ((flags & NLM_F.MULTI) !== 0) head.push("multi");
  if ((flags & NLM_F.DUMP_INTR) !== 0) head.push("dump-interrupted");
  const ack = type === NLMSG.ERROR || type === NLMSG.DONE ? unmarshalAck(message) : undefined;
  if (ack) return [...head, wordsOfAck(ack)].join(" ");
  const isLink = type === RTM.NEWLINK || type === RTM.DELLINK;
  const link = isLink ? unmarshalLink(payload) : undefined;
  const neighbour = isLink ? undefined : unmarshalNeighbour(payload);
  return [...head, link ? wordsOfLink(link) : neighbour ? wordsOfNeighbour(neighbour) : "too short"].join(" ");
}

function wordsOfAck({ sequence, errno, text, offset }: Ack): string {
  const said = [`of request ${sequence}, errno ${errno}`];
  if (text !== undefined) said.push(`"${text}"`);
  if (offset !== undefined) said.push(`at byte ${offset} of the request`);
  return said.join(", ");
}

function wordsOfNeighbour(entry: NeighbourMessage): string {
  const { state, flags, destination, linkAddress, protocol, port, vni, outInterface, nexthop, master } = entry;
  return [
    `${family(entry.family)} dev ${entry.interfaceIndex}`,
    ...namesIn(NUD, state),
    ...namesIn(NTF, flags).map((name) => name.toLowerCase()),
    ...optional("dst", destination && address(destination)),
    ...optional("lladdr", linkAddress && mac(linkAddress)),
    ...optional("protocol", protocol),
    ...optional("port", port),
    ...optional("vni", vni),
    ...optional("via", outInterface),
    ...optional("nhid", nexthop),
    ...optional("master", master),
  ].join(" ");
}

function wordsOfLink(link: LinkMessage): string {
  const { name, address: linkAddress, mtu, master, kind } = link;
  return [
    `${family(link.family)} dev ${link.interfaceIndex} flags 0x${link.flags.toString(16)}`,
    ...optional("name", name),
    ...optional("kind", kind),
    ...optional("address", linkAddress && mac(linkAddress)),
    ...optional("mtu", mtu),
    ...optional("master", master),
  ].join(" ");
}

function optional(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`${name} ${value}`];
}

function family(number: number): string {
  return nameIn(AF, number, "")?.toLowerCase() ?? `family ${number}`;
}

function nameIn(table: Readonly<Record<string, number>>, value: number, prefix: string): string | undefined {
  const found = Object.entries(table).find(([, number]) => number === value);
  return found && prefix + found[0];
}

/** The names of the bits that are set; those without a name as a number. */
function namesIn(table: Readonly<Record<string, number>>, bits: number): string[] {
  const names = Object.entries(table).filter(([, bit]) => (bits & bit) !== 0);
  const rest = names.reduce((left, [, bit]) => left & ~bit, bits);
  return [...names.map(([name]) => name), ...(rest === 0 ? [] : [`0x${rest.toString(16)}`])];
}

function address(bytes: Buffer): string {
  return bytes.length === 4 ? bytes.join(".") : (bytes.toString("hex").match(/.{1,4}/g) ?? []).join(":");
}

function mac(bytes: Buffer): string {
  return (bytes.toString("hex").match(/../g) ?? []).join(":");
}
