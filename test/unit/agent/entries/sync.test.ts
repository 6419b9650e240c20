import {
  bytesOfIp,
  bytesOfMac,
  EntryWriter,
  findDevice,
  mendEntries,
  readEntries,
} from "@overlaynet/agent/entries/index";
import { AF, marshalNeighbour, NTF, NUD, RTM, RouteSocket } from "@overlaynet/agent/netlink/index";
import { ipToNumber, macToNumber, parseIp, parseMac } from "@overlaynet/core/model/index";
import type { ResolverConfig } from "@overlaynet/core/records";
import { Actions, Do, rulesOf, stamp } from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import { config, packed } from "../../core/resolver/samples.js";
import { deviceIndex, FakeKernel } from "./fake-kernel.js";

const ip = ipToNumber(parseIp("7.7.7.3"));
const mac = macToNumber(parseMac("02:42:07:07:07:03"));
const there = ipToNumber(parseIp("192.168.64.28"));
const other = ipToNumber(parseIp("192.168.64.29"));
const pink = { "7.7.7.3": ["02:42:07:07:07:03", "192.168.64.28"] } as const;

type Do_ = Parameters<Actions["push"]>;

describe("kernel entries", () => {
  let kernel: FakeKernel;

  beforeEach(() => {
    kernel = new FakeKernel();
  });

  function mend(known = packed(pink), with_: ResolverConfig = config): ReturnType<typeof mendEntries>["report"] {
    return mendEntries({ connection: kernel, deviceIndex, records: known, rules: rulesOf(with_) }).report;
  }

  const write = (...actions: Do_[]): ReturnType<EntryWriter["write"]> => {
    const list = new Actions();
    for (const action of actions) list.push(...action);
    return new EntryWriter(kernel, deviceIndex).write(list, true);
  };

  const forwardingByHand = (state: number, vtep = there): number =>
    kernel.byHand(RTM.NEWNEIGH, {
      family: AF.BRIDGE,
      flags: NTF.SELF,
      state,
      linkAddress: bytesOfMac(mac),
      destination: bytesOfIp(vtep),
    });

  it("are written once, and a second time changes nothing", () => {
    expect(mend()).to.include({ added: 2, changed: 0, removed: 0, failed: 0, neighbours: 1, forwarding: 1 });
    const { changes } = kernel;
    expect(mend()).to.include({ added: 0, changed: 0, removed: 0, neighbours: 1, forwarding: 1 });
    expect(kernel.changes).to.equal(changes);
  });

  it("carry the stamp by which they are known again", () => {
    mend();
    const { neighbours, forwarding } = readEntries(kernel, deviceIndex);
    expect(neighbours.get(ip)).to.deep.equal({ ip, mac, permanent: true, own: true });
    expect(forwarding.get(mac)).to.deep.equal({ mac, vtep: there, permanent: true, own: true, plain: true });
  });

  it("become permanent where a user had added one that ages, which the kernel does not replace", () => {
    expect(forwardingByHand(NUD.REACHABLE)).to.equal(0);
    expect(mend()).to.include({ changed: 1, added: 1, failed: 0 });
    expect(readEntries(kernel, deviceIndex).forwarding.get(mac)).to.include({ permanent: true, own: true });
    expect(mend()).to.include({ changed: 0, added: 0 });
  });

  it("of others are corrected under a key that a record names, and not touched under any other", () => {
    expect(forwardingByHand(NUD.PERMANENT, other)).to.equal(0);
    const stranger = ipToNumber(parseIp("7.7.7.99"));
    kernel.byHand(RTM.NEWNEIGH, { destination: bytesOfIp(stranger), linkAddress: bytesOfMac(mac) });
    mend();
    mend(packed({}));
    const { neighbours, forwarding } = readEntries(kernel, deviceIndex);
    expect([...neighbours.keys()]).to.deep.equal([stranger]);
    expect(forwarding.get(mac)).to.include({ vtep: there, own: false });
  });

  it("that failed are told in sentences, a few of them", () => {
    kernel.refuse = 2;
    const report = mend();
    expect(report).to.include({ failed: 2 });
    expect(report.failures.join("\n")).to.equal(
      "forwarding entry 02:42:07:07:07:03 to 192.168.64.28 could not be written: as the test told (EPERM)\n" +
        "neighbour 7.7.7.3 at 02:42:07:07:07:03 could not be written: as the test told (EPERM)",
    );
    kernel.refuse = 20;
    const many = Array.from({ length: 20 }, (): Do_ => [Do.SetNeighbour, ip, mac]);
    const written = write(...many);
    expect(written.failed).to.equal(20);
    expect(written.failures).to.have.length(5);
  });

  it("that are gone already count as deleted", () => {
    expect(write([Do.DeleteNeighbour, ip, 0], [Do.DeleteForwarding, mac, 0])).to.deep.equal({
      failed: 0,
      failures: [],
    });
  });

  it("are written in messages as the codec would put them together, whatever was in the buffer before", () => {
    kernel.requests = [];
    write(
      ...Array.from({ length: 300 }, (_, index): Do_ => [
        index % 2 === 0 ? Do.SetNeighbour : Do.DeleteNeighbour,
        ip,
        mac,
      ]),
    );
    kernel.requests = [];
    write([Do.SetForwarding, mac, there], [Do.SetNeighbour, ip, mac]);
    const common = { interfaceIndex: deviceIndex, type: 0, linkAddress: bytesOfMac(mac) };
    expect(kernel.requests.map(({ payload }) => payload.toString("hex"))).to.deep.equal(
      [
        {
          ...common,
          family: AF.BRIDGE,
          state: NUD.PERMANENT | NUD.NOARP,
          flags: NTF.SELF | NTF.EXT_LEARNED,
          destination: bytesOfIp(there),
        },
        { ...common, family: AF.INET, state: NUD.PERMANENT, flags: 0, destination: bytesOfIp(ip), protocol: stamp },
      ].map((message) => marshalNeighbour(message).toString("hex")),
    );
  });

  it("are of a device that is looked for by name, in the real kernel", () => {
    const connection = new RouteSocket();
    try {
      expect(findDevice(connection, "lo")).to.include({ name: "lo", index: 1 });
      expect(findDevice(connection, "no-such-device")).to.equal(undefined);
    } finally {
      connection.close();
    }
  });
});
