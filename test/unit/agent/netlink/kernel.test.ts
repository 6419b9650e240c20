import {
  AF,
  describe as describeAck,
  IFF_UP,
  type LinkMessage,
  marshalMessage,
  marshalNeighbour,
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
import { expect } from "chai";
import { captures, readSamples, type Sample } from "../../../netlink/samples.js";
import { wordsOf } from "../../../netlink/words.js";

/** What the kernel said, by what made it say so; see test/netlink/capture.ts. */
const captured = readSamples(captures);

function sampleOf(beginning: string): Sample {
  const found = captured.find(({ title }) => title.startsWith(beginning));
  if (found === undefined) throw new Error(`nothing captured begins with ${beginning}`);
  return found;
}

function messagesOf(beginning: string): Message[] {
  const { messages, rest } = unmarshalMessages(sampleOf(beginning).bytes);
  expect(rest, beginning).to.equal(0);
  return messages;
}

const mac = Buffer.from("024207070003", "hex");
const ip = Buffer.from([7, 7, 0, 3]);
const vtep = Buffer.from([192, 168, 64, 28]);
const device = { interfaceIndex: 2, flags: 0, type: 0 };
/** RTN_UNICAST, which the kernel puts into the type of whatever it tells of its own accord. */
const moved = { ...device, type: 1 };

const entries: readonly [title: string, type: number, expected: Partial<NeighbourMessage>][] = [
  ["L3 miss", RTM.GETNEIGH, { ...moved, family: AF.INET, state: NUD.STALE, destination: ip, vni: 2 ** 24 }],
  ["L2 miss", RTM.GETNEIGH, { ...moved, family: AF.INET, state: NUD.STALE, linkAddress: mac, vni: 0 }],
  ["IPv6 miss", RTM.GETNEIGH, { ...moved, family: AF.INET6, state: NUD.STALE, vni: 2 ** 24 }],
  [
    "neighbour written",
    RTM.NEWNEIGH,
    { ...moved, family: AF.INET, state: NUD.PERMANENT, destination: ip, linkAddress: mac, protocol: 0x6f },
  ],
  [
    "neighbour deleted",
    RTM.DELNEIGH,
    { ...moved, family: AF.INET, state: NUD.FAILED, destination: ip, protocol: 0x6f },
  ],
  [
    "forwarding entry written",
    RTM.NEWNEIGH,
    {
      ...moved,
      family: AF.BRIDGE,
      state: NUD.PERMANENT | NUD.NOARP,
      flags: NTF.SELF | NTF.EXT_LEARNED,
      destination: vtep,
      linkAddress: mac,
    },
  ],
  [
    "forwarding entry with a VNI and a port of its own",
    RTM.NEWNEIGH,
    { ...moved, family: AF.BRIDGE, flags: NTF.SELF, port: 4790, vni: 43 },
  ],
  ["forwarding entry with an interface of its own", RTM.NEWNEIGH, { ...moved, family: AF.BRIDGE, outInterface: 3 }],
  ["forwarding entry to a nexthop group", RTM.NEWNEIGH, { ...moved, family: AF.BRIDGE, nexthop: 102 }],
  ["a bridge's own entry of a port", RTM.NEWNEIGH, { ...device, family: AF.BRIDGE, state: NUD.NOARP, master: 3 }],
  [
    "neighbour changed by somebody",
    RTM.NEWNEIGH,
    { ...moved, family: AF.INET, state: NUD.REACHABLE, linkAddress: Buffer.from("024207070005", "hex") },
  ],
  ["IPv6 neighbour written", RTM.NEWNEIGH, { ...moved, family: AF.INET6, state: NUD.PERMANENT, linkAddress: mac }],
  ["forwarding entry deleted", RTM.DELNEIGH, { ...moved, family: AF.BRIDGE, destination: vtep, linkAddress: mac }],
];

describe("netlink, as the kernel speaks it", () => {
  for (const [title, type, expected] of entries) {
    it(`reads: ${title}`, () => {
      const [message] = messagesOf(title);
      expect(message?.type).to.equal(type);
      const entry = unmarshalNeighbour(message!.payload);
      // Flags that say nothing of ours vary: the expected ones have to be among them.
      expect(entry).to.deep.include({ ...expected, flags: entry?.flags });
      expect((entry?.flags ?? 0) & (expected.flags ?? 0)).to.equal(expected.flags);
    });
  }

  it("tells an IPv6 miss by its address of sixteen bytes", () => {
    const [message] = messagesOf("IPv6 miss");
    expect(unmarshalNeighbour(message!.payload)?.destination).to.have.length(16);
  });

  it("reads a dump that shares a datagram with its end", () => {
    const messages = messagesOf("ip -n over neigh show");
    expect(messages.map(({ type }) => type)).to.deep.equal([RTM.NEWNEIGH, RTM.NEWNEIGH, RTM.NEWNEIGH, NLMSG.DONE]);
    expect(messages.every(({ flags, sequence }) => (flags & NLM_F.MULTI) !== 0 && sequence === 7)).to.equal(true);
    expect(unmarshalAck(messages[3]!)).to.deep.equal({ sequence: 7, errno: 0 });
  });

  it("reads a dump of forwarding tables, bridges' and devices' alike", () => {
    const found = messagesOf("bridge -n over fdb show").map(({ payload }) => unmarshalNeighbour(payload)!);
    const own = found.filter(({ flags, master }) => (flags & NTF.SELF) !== 0 && master === undefined);
    expect(own.some(({ linkAddress, destination }) => mac.equals(linkAddress!) && vtep.equals(destination!))).to.equal(
      true,
    );
    expect(found.some(({ master, flags }) => master !== undefined && (flags & NTF.SELF) === 0)).to.equal(true);
  });

  it("reads what the kernel says of a refusal, and its number where it says nothing", () => {
    const [told] = messagesOf("refusal with a text");
    expect(unmarshalAck(told!)).to.deep.equal({ sequence: 7, errno: 22, text: "Invalid network address" });
    const [whole] = messagesOf("the same without NETLINK_CAP_ACK");
    expect(unmarshalAck(whole!)).to.deep.equal(unmarshalAck(told!));
    const [untold] = messagesOf("refusal without a text");
    expect(unmarshalAck(untold!)).to.deep.equal({ sequence: 7, errno: 19 });
  });

  it("reads where in a request the kernel found what it refuses, be the request repeated or not", () => {
    for (const title of captured
      .map((sample) => sample.title)
      .filter((each) => each.startsWith("refusal with a text and a place"))) {
      const ack = unmarshalAck(messagesOf(title)[0]!)!;
      expect(ack).to.deep.equal({ sequence: 7, errno: 34, text: "Attribute failed policy validation", offset: 36 });
      // Behind the header (16), the fixed part (12) and the address (8) comes the VNI.
      expect(describeAck(ack)).to.equal("Attribute failed policy validation (ERANGE, at byte 36 of the request)");
    }
  });

  it("reads a dump's refusal from its end", () => {
    const [end] = messagesOf("dump refused");
    expect(end?.type).to.equal(NLMSG.DONE);
    expect(unmarshalAck(end!)).to.include({ errno: 22, text: "Invalid values in header for neighbor dump request" });
  });

  it("sees that a dump was interrupted, which one message of one datagram says", () => {
    const dump = captured.filter(({ title }) => title.startsWith("dump of links"));
    const flagged = dump.map(({ bytes }) =>
      unmarshalMessages(bytes).messages.map(({ flags }) => flags & NLM_F.DUMP_INTR),
    );
    expect(dump.length).to.be.greaterThan(1);
    expect(flagged.flat().filter((flag) => flag !== 0)).to.have.length(1);
    expect(flagged[0]?.every((flag) => flag === 0)).to.equal(true);
  });

  it("reads links that come and change", () => {
    const link = (title: string): LinkMessage => unmarshalLink(messagesOf(title)[0]!.payload)!;
    expect(link("link made")).to.include({ name: "spare1", kind: "bridge", flags: 0x1002 });
    expect(link("link up").flags & IFF_UP).to.equal(IFF_UP);
    expect(link("MTU changed")).to.include({ name: "vxlan1", mtu: 1400, master: 3 });
    expect(link("link renamed")).to.include({ name: "spare2", interfaceIndex: link("link made").interfaceIndex });
  });

  for (const { title, bytes, decoded } of captured) {
    it(`says what a person reads below the bytes: ${title.split(":")[0] ?? ""}`, () => {
      expect(decoded).not.to.be.empty;
      expect(wordsOf(bytes)).to.deep.equal(decoded);
    });
  }

  it("reads links that go, and ports that only leave their bridge", () => {
    const link = (title: string): LinkMessage => unmarshalLink(messagesOf(title)[0]!.payload)!;
    expect(link("link gone")).to.deep.include({ family: AF.UNSPEC, interfaceIndex: 2, name: "vxlan1", kind: "vxlan" });
    expect(link("port left its bridge")).to.deep.include({
      family: AF.BRIDGE,
      interfaceIndex: 2,
      name: "vxlan1",
      master: 3,
    });
    expect(link("link down")).to.include({ mtu: 1400, flags: 0x1002 });
    expect(link("link down").address).to.have.length(6);
  });

  it("writes a neighbour entry byte for byte as the kernel repeats it", () => {
    const [message] = messagesOf("neighbour written");
    const entry = unmarshalNeighbour(message!.payload)!;
    const bytes = marshalMessage({ ...message!, payload: marshalNeighbour(entry) });
    const again = unmarshalMessages(bytes).messages[0]!;
    expect(unmarshalNeighbour(again.payload)).to.deep.equal(entry);
    // The header, the fixed part, the IP and the MAC with its padding: what follows is the kernel's own (probes, times).
    const said = sampleOf("neighbour written").bytes.subarray(4, 48);
    expect(bytes.subarray(4, 48).toString("hex")).to.equal(said.toString("hex"));
  });
});
