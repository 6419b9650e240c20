import {
  bytesOfIp,
  bytesOfMac,
  findDevice,
  mendEntries,
  readEntries,
  requestOf,
  writeActions,
} from "@overlaynet/agent/entries/index";
import { AF, NLM_F, NTF, NUD, RTM, RouteSocket, unmarshalNeighbour } from "@overlaynet/agent/netlink/index";
import { parseIp, parseMac } from "@overlaynet/core/model/index";
import type { ResolverConfig } from "@overlaynet/core/records";
import { expect } from "chai";
import { config, records } from "../../core/resolver/samples.js";
import { deviceIndex, FakeKernel } from "./fake-kernel.js";

const ip = parseIp("7.7.7.3");
const mac = parseMac("02:42:07:07:07:03");
const there = parseIp("192.168.64.28");
const other = parseIp("192.168.64.29");
const pink = { [ip]: [mac, there] } as const;

describe("kernel entries", () => {
  let kernel: FakeKernel;

  beforeEach(() => {
    kernel = new FakeKernel();
  });

  function mend(known = records(pink), with_: ResolverConfig = config): ReturnType<typeof mendEntries>["report"] {
    return mendEntries(kernel, deviceIndex, with_, known).report;
  }

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

  it("take the place of what the device learnt, which an exclusive add would not (moby#53663)", () => {
    kernel.learn(bytesOfMac(mac), bytesOfIp(other));
    const exclusive = { ...requestOf({ do: "set-forwarding", mac, vtep: there, permanent: true }, deviceIndex) };
    expect(kernel.execute([{ ...exclusive, flags: NLM_F.CREATE | NLM_F.EXCL }])[0]?.errno).to.equal(17);
    mend();
    expect(readEntries(kernel, deviceIndex).forwarding.get(mac)).to.include({ vtep: there, permanent: true });
  });

  it("become permanent where a user had added one that ages, which the kernel does not replace", () => {
    expect(forwardingByHand(NUD.REACHABLE)).to.equal(0);
    expect(mend()).to.include({ changed: 1, added: 1, failed: 0 });
    expect(readEntries(kernel, deviceIndex).forwarding.get(mac)).to.include({ permanent: true, own: true });
    expect(mend()).to.include({ changed: 0, added: 0 });
  });

  it("of others are corrected under a key that a record names, and not touched under any other", () => {
    expect(forwardingByHand(NUD.PERMANENT, other)).to.equal(0);
    const stranger = bytesOfIp(parseIp("7.7.7.99"));
    kernel.byHand(RTM.NEWNEIGH, { destination: stranger, linkAddress: bytesOfMac(mac) });
    mend();
    mend(records({}));
    const { neighbours, forwarding } = readEntries(kernel, deviceIndex);
    expect([...neighbours.keys()]).to.deep.equal(["7.7.7.99"]);
    expect(forwarding.get(mac)).to.include({ vtep: there, own: false });
  });

  it("that failed are told in sentences, a few of them", () => {
    kernel.refuse = 2;
    const report = mend();
    expect(report).to.include({ failed: 2 });
    expect(report.failures.join("\n")).to.equal(
      `forwarding entry ${mac} to ${there} could not be written: as the test told (EPERM)\n` +
        `neighbour ${ip} at ${mac} could not be written: as the test told (EPERM)`,
    );
    kernel.refuse = 20;
    const many = Array.from({ length: 20 }, () => ({ do: "set-neighbour", ip, mac }) as const);
    const written = writeActions(kernel, deviceIndex, many);
    expect(written.failed).to.equal(20);
    expect(written.failures).to.have.length(5);
  });

  it("that are gone already count as deleted", () => {
    const gone = writeActions(kernel, deviceIndex, [
      { do: "delete-neighbour", ip },
      { do: "delete-forwarding", mac },
    ]);
    expect(gone).to.deep.equal({ failed: 0, failures: [] });
  });

  it("are deleted with the family and flags they were written with (moby 7a12bbe5d3)", () => {
    const pairs = [
      [
        { do: "set-neighbour", ip, mac },
        { do: "delete-neighbour", ip },
      ],
      [
        { do: "set-forwarding", mac, vtep: there, permanent: true },
        { do: "delete-forwarding", mac },
      ],
    ] as const;
    for (const [set, remove] of pairs) {
      const [one, two] = [set, remove].map((action) => unmarshalNeighbour(requestOf(action, deviceIndex).payload)!);
      expect(two?.family).to.equal(one?.family);
      expect((two?.flags ?? 0) & NTF.SELF).to.equal((one?.flags ?? 0) & NTF.SELF);
    }
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
