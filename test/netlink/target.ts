import {
  absent,
  marshalAttributes,
  marshalLink,
  marshalMessage,
  marshalNeighbour,
  type Message,
  MessageCursor,
  type NeighbourMessage,
  NeighbourView,
  odd,
  unmarshalAck,
  unmarshalAttributes,
  unmarshalLink,
  unmarshalMessages,
  unmarshalNeighbour,
} from "@overlaynet/agent/netlink/index";
import { NoticeReader } from "@overlaynet/agent/resolver/notice";
import { deepStrictEqual, ok } from "node:assert";

/** What earlier datagrams left behind stays in it, as in a socket's. */
const received = Buffer.alloc(64 * 1024);
const cursor = new MessageCursor(received);
const view = new NeighbourView();
const readers = [0, 2, 3].map((deviceIndex) => new NoticeReader(deviceIndex));

/**
 * What has to be true of every datagram, whoever made it: it is read without an error, no more is found in it than there is room for, what
 * was read is read again from what is written of it, and those that read without making objects read the same as those that do.
 *
 * @throws AssertionError, or whatever the codec throws
 */
export function takeDatagram(datagram: Buffer): void {
  const { messages, rest } = unmarshalMessages(datagram);
  ok(rest >= 0 && rest <= datagram.length, "what is left is a part of the datagram");
  ok(messages.length <= datagram.length / 16, "every message has a header");
  const again = unmarshalMessages(Buffer.concat(messages.map(marshalMessage)));
  deepStrictEqual(again, { messages, rest: 0 });
  messages.forEach(takeMessage);
  datagram.copy(received);
  cursor.reset(0, Math.min(datagram.length, received.length));
  for (const { type, flags, sequence, payload } of messages) {
    ok(cursor.next(), "the cursor finds every message");
    const { start, end } = cursor;
    deepStrictEqual([cursor.type, cursor.flags, cursor.sequence, end - start], [type, flags, sequence, payload.length]);
    const known = view.read(received, start, end);
    deepStrictEqual(known ? partsOfView() : undefined, partsOf(unmarshalNeighbour(payload)));
    for (const reader of readers) reader.read(cursor);
  }
  ok(!cursor.next(), "the cursor finds no more");
}

function takeMessage(message: Message): void {
  const { payload } = message;
  const attributes = unmarshalAttributes(payload);
  ok(attributes.length <= payload.length / 4, "every attribute has a header");
  deepStrictEqual(unmarshalAttributes(marshalAttributes(attributes)), attributes);
  const neighbour = unmarshalNeighbour(payload);
  if (neighbour !== undefined) deepStrictEqual(unmarshalNeighbour(marshalNeighbour(neighbour)), neighbour);
  const link = unmarshalLink(payload);
  if (link !== undefined) deepStrictEqual(unmarshalLink(marshalLink(link)), link);
  const ack = unmarshalAck(message);
  ok(ack === undefined || (ack.errno >= 0 && ack.sequence === message.sequence), "an answer is to its request");
}

/** What a {@link NeighbourView} holds, from the message that has everything. */
function partsOf(message: NeighbourMessage | undefined): Parts | undefined {
  if (message === undefined) return undefined;
  const { family, interfaceIndex, state, flags, port, vni, outInterface, nexthop, protocol = absent } = message;
  const number = (bytes: Buffer | undefined, length: number): number => {
    if (bytes === undefined) return absent;
    return bytes.length === length ? bytes.readUIntBE(0, length) : odd;
  };
  return {
    ...{ family, interfaceIndex, state, flags, protocol },
    destination: number(message.destination, 4),
    linkAddress: number(message.linkAddress, 6),
    detours: [port, vni, outInterface, nexthop].some((value) => value !== undefined),
    ofBridge: message.master !== undefined,
  };
}

type Parts = Omit<NeighbourView, "read">;

function partsOfView(): Parts {
  const { family, interfaceIndex, state, flags, protocol, destination, linkAddress, detours, ofBridge } = view;
  return { family, interfaceIndex, state, flags, protocol, destination, linkAddress, detours, ofBridge };
}
