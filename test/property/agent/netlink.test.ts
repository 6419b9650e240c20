import {
  marshalAttributes,
  marshalLink,
  marshalMessage,
  marshalNeighbour,
  type Message,
  MessageCursor,
  NeighbourView,
  unmarshalAck,
  unmarshalAttributes,
  unmarshalLink,
  unmarshalLinkStatistics,
  unmarshalMessages,
  unmarshalNeighbour,
} from "@overlaynet/agent/netlink/index";
import { NoticeReader } from "@overlaynet/agent/resolver/notice";
import { expect } from "chai";
import fc from "fast-check";

const uint8 = fc.integer({ min: 0, max: 0xff });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const index = fc.integer({ min: 0, max: 0x7fff_ffff });
const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const name = fc.stringMatching(/^[a-z0-9._-]{1,15}$/);

const message = fc.record({ type: uint16, flags: uint16, sequence: uint32, port: uint32, payload: bytes(100) });
const neighbour = fc.record(
  {
    family: uint8,
    interfaceIndex: index,
    state: uint16,
    flags: uint8,
    type: uint8,
    destination: bytes(16),
    linkAddress: bytes(6),
    protocol: uint8,
    port: uint16,
    vni: uint32,
    outInterface: uint32,
    nexthop: uint32,
    master: uint32,
  },
  { requiredKeys: ["family", "interfaceIndex", "state", "flags", "type"] },
);
const link = fc.record(
  {
    family: uint8,
    type: uint16,
    interfaceIndex: index,
    flags: uint32,
    name,
    address: bytes(6),
    mtu: uint32,
    master: uint32,
    link: uint32,
    kind: name,
  },
  { requiredKeys: ["family", "type", "interfaceIndex", "flags"] },
);

/** A well-formed datagram with a few bytes overwritten, or cut: what random bytes alone rarely come near. */
const damaged = fc
  .tuple(fc.array(message, { maxLength: 4 }), fc.array(fc.tuple(fc.nat(600), uint8), { maxLength: 6 }), fc.nat(600))
  .map(([messages, changes, length]) => {
    const datagram = Buffer.concat(messages.map(marshalMessage)).subarray(0, length);
    for (const [offset, value] of changes) if (offset < datagram.length) datagram.writeUInt8(value, offset);
    return datagram;
  });

describe("the netlink codec", () => {
  it("reads back every run of messages that it writes", () => {
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const { messages: read, rest } = unmarshalMessages(Buffer.concat(messages.map(marshalMessage)));
        expect(rest).to.equal(0);
        expect(read).to.deep.equal(messages);
      }),
    );
  });

  it("reads back every run of attributes that it writes", () => {
    const attributes = fc.array(fc.record({ type: fc.integer({ min: 0, max: 0x3fff }), data: bytes(40) }));
    fc.assert(
      fc.property(attributes, (list) => {
        expect(unmarshalAttributes(marshalAttributes(list))).to.deep.equal(list);
      }),
    );
  });

  it("reads back every neighbour and every link that it writes", () => {
    fc.assert(
      fc.property(neighbour, link, (entry, device) => {
        expect(unmarshalNeighbour(marshalNeighbour(entry))).to.deep.equal(entry);
        expect(unmarshalLink(marshalLink(device))).to.deep.equal(device);
      }),
    );
  });

  it("finds, going through a datagram or reading it whole, the same messages", () => {
    fc.assert(
      fc.property(fc.oneof(bytes(300), damaged), (datagram) => {
        const cursor = new MessageCursor(Buffer.concat([datagram, Buffer.from("behind it")]));
        cursor.reset(0, datagram.length);
        const found: Message[] = [];
        while (cursor.next()) found.push(cursor.message());
        expect(found).to.deep.equal(unmarshalMessages(datagram).messages.map((one) => ({ ...one, port: 0 })));
      }),
      { numRuns: 1000 },
    );
  });

  it("sees in any payload the same neighbour as when it reads all its parts", () => {
    fc.assert(
      fc.property(fc.oneof(neighbour.map(marshalNeighbour), bytes(120)), fc.nat(120), (whole, length) => {
        const payload = whole.subarray(0, length);
        const view = new NeighbourView();
        const parts = unmarshalNeighbour(payload);
        expect(view.read(Buffer.concat([Buffer.alloc(4), payload]), 4, 4 + payload.length)).to.equal(
          parts !== undefined,
        );
        if (parts === undefined) return;
        const number = (data: Buffer | undefined, size: number): number =>
          data === undefined ? -1 : data.length === size ? data.readUIntBE(0, size) : -2;
        expect(Object.fromEntries(Object.entries(view))).to.deep.equal({
          family: parts.family,
          interfaceIndex: parts.interfaceIndex,
          state: parts.state,
          flags: parts.flags,
          destination: number(parts.destination, 4),
          linkAddress: number(parts.linkAddress, 6),
          protocol: parts.protocol ?? -1,
          detours: [parts.port, parts.vni, parts.outInterface, parts.nexthop].some((part) => part !== undefined),
          ofBridge: parts.master !== undefined,
        });
      }),
      { numRuns: 1000 },
    );
  });

  it("takes any bytes without an error, and never finds more than there is", () => {
    fc.assert(
      fc.property(fc.oneof(bytes(300), damaged), index, (datagram, deviceIndex) => {
        const { messages, rest } = unmarshalMessages(datagram);
        expect(rest).to.be.within(0, datagram.length);
        expect(messages.length).to.be.at.most(datagram.length / 16);
        for (const { payload } of messages) {
          expect(unmarshalAttributes(payload).length).to.be.at.most(payload.length / 4);
        }
        messages.forEach(readAll(deviceIndex));
      }),
      { numRuns: 1000 },
    );
  });

  it("takes any payload of the types it reads without an error", () => {
    const types = fc.constantFrom(2, 3, 16, 17, 28, 29, 30);
    fc.assert(
      fc.property(types, uint16, bytes(120), (type, flags, payload) => {
        readAll(payload.length >= 8 ? payload.readInt32LE(4) : 0)({ type, flags, sequence: 0, port: 0, payload });
      }),
      { numRuns: 1000 },
    );
  });
});

function readAll(deviceIndex: number): (message: Message) => void {
  return (given) => {
    unmarshalNeighbour(given.payload);
    unmarshalLink(given.payload);
    unmarshalLinkStatistics(given.payload);
    unmarshalAck(given);
    const { type, flags, sequence, payload: bytes } = given;
    const place = { type, flags, sequence, bytes, start: 0, end: bytes.length };
    expect(new NoticeReader(deviceIndex).read(place)).to.be.a("string");
  };
}
