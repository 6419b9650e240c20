import {
  Examination,
  examinationCommand,
  hostFindings,
  type Look,
  pairFindings,
  type PairFacts,
  readCount,
  readLook,
  readReach,
} from "@overlaynet/core/doctor/index";
import { expect } from "chai";
import { execa } from "execa";

const told = `Welcome!
overlaynet-examined
iproute2 ip utility, iproute2-6.1.0, libbpf 1.1.2
systemd systemd 252 (252.39-1~deb12u2)
clock 1795716843.033367825
holder eth1
mtu 1500
rp_filter all 2
rp_filter eth1 1
gc_thresh3 1024
bridge-nf 1
sshd maxsessions 10
sshd maxstartups 10:30:100
disk /var/lib 67167584 15312980
disk /run 1200000 200000
mac-policy /usr/lib/systemd/network/99-default.link
port-user named 812
vxlan vx0 42 4789
docker-netns 1-q7w2
docker-netns 0a1b2c
`;

const well: Look = {
  iproute2: "6.1.0",
  systemd: "252",
  clock: 1000,
  device: "eth1",
  mtu: 1500,
  rpFilter: 2,
  neighbourLimit: 1024,
  bridgeFilters: false,
  sessions: 10,
  startups: 10,
  disks: [{ folder: "/var/lib", free: 10_000_000, files: 100_000 }],
  macPolicies: [],
  portUsers: [],
  vxlans: [],
  docker: false,
};
const wanted = { address: "192.168.64.27", port: 4789, records: 3, clockAhead: 0.1, clockDoubt: 0.2 };

/** `check severity: evidence` of all that is not well. */
function unwell(look: Partial<Look>, unmet: readonly string[] = [], more: Partial<typeof wanted> = {}): string[] {
  const findings = hostFindings("a", { ...well, ...look }, unmet, { ...wanted, ...more });
  return findings
    .filter(({ severity }) => severity !== "ok")
    .map((one) => `${one.severity} ${one.check}: ${one.evidence}`);
}

describe("what a doctor reads", () => {
  it("is what the script of a look prints, after whatever a login shell says", () => {
    expect(readLook(told)).to.deep.equal({
      ...well,
      clock: 1795716843.033367825,
      bridgeFilters: true,
      disks: [
        { folder: "/var/lib", free: 67167584, files: 15312980 },
        { folder: "/run", free: 1200000, files: 200000 },
      ],
      macPolicies: ["/usr/lib/systemd/network/99-default.link"],
      portUsers: ["named (812)"],
      vxlans: [{ device: "vx0", vni: 42, port: 4789 }],
      docker: true,
    });
  });

  it("is nothing where nothing was told", () => {
    const none = readLook("");
    expect(none).to.include({ device: "", systemd: "", docker: false });
    expect(none.neighbourLimit).to.equal(undefined);
    expect(readReach("").size).to.equal(0);
    expect(readCount("overlaynet-examined\n")).to.equal(undefined);
  });

  it("is what this machine's own scripts print", async () => {
    const examine = async (one: object): Promise<string> => {
      const [program = "", ...args] = examinationCommand(Examination.parse(one));
      return (await execa(program, args)).stdout;
    };
    const look = readLook(await examine({ what: "look", address: "127.0.0.1", port: 4789 }));
    expect(look.device).to.equal("lo");
    expect(Math.abs((look.clock ?? 0) - Date.now() / 1000)).to.be.below(60);
    expect(look.disks.map(({ folder }) => folder)).to.include("/run");
    expect(readCount(await examine({ what: "count" }))).to.be.a("number");
  });

  it("lets nothing through to a shell but addresses and numbers", () => {
    for (const peer of ["127.0.0.1; reboot", "$(reboot)", "::1", "-f", ""]) {
      expect(Examination.safeParse({ what: "send", peers: [peer], port: 4789 }).success, peer).to.equal(false);
    }
    expect(Examination.safeParse({ what: "reach", peers: ["10.0.0.1"], size: 70_000 }).success).to.equal(false);
  });
});

describe("what a doctor finds of a host", () => {
  it("is nothing where all is well", () => {
    expect(unwell({})).to.deep.equal([]);
  });

  it("is what an apply would refuse, with its mend", () => {
    const [first] = hostFindings("a", well, ["nft is missing; install nftables"], wanted);
    expect(first).to.deep.equal({
      host: "a",
      check: "requirements",
      severity: "error",
      evidence: "nft is missing",
      mend: "install nftables",
    });
  });

  it("is an address, a port and VXLAN devices that are not as they have to be", () => {
    expect(unwell({ device: "" })).to.deep.equal(["error address: no device has 192.168.64.27"]);
    expect(unwell({ portUsers: ["named (812)"] })).to.deep.equal([
      "error udp port: UDP port 4789 belongs to named (812)",
    ]);
    const vxlans = [
      { device: "vx0", vni: 7, port: 4789 },
      { device: "vx1", vni: 8, port: 8472 },
    ];
    expect(unwell({ vxlans, docker: true })).to.deep.equal([
      "note other VXLAN: VXLAN device vx0 with VNI 7 has UDP port 4789, too",
      "note other VXLAN: Docker has overlay networks here, which use UDP port 4789",
    ]);
  });

  it("is settings and limits", () => {
    expect(unwell({ rpFilter: 1 })[0]).to.match(/^note rp_filter: 1 \(strict\) on eth1/);
    expect(unwell({ neighbourLimit: 512 })[0]).to.match(/^warning neighbour limits: gc_thresh3 512/);
    expect(unwell({ bridgeFilters: true })[0]).to.match(/^note bridge filters/);
    expect(unwell({ macPolicies: ["/etc/x.link"] })[0]).to.match(/^note MAC policy: \/etc\/x\.link/);
    expect(unwell({ sessions: 2, startups: 10 })).to.deep.equal([
      "warning sshd: MaxSessions 2; overlaynet uses up to 8",
    ]);
    expect(unwell({ sessions: undefined, startups: undefined })).to.deep.equal(["note sshd: could not be told"]);
  });

  it("is a clock that is off by more than the way there can explain", () => {
    expect(unwell({}, [], { clockAhead: -90 })).to.deep.equal(["warning clock: 90.0 s behind this machine's"]);
    expect(unwell({}, [], { clockAhead: 5, clockDoubt: 4 })).to.deep.equal([]);
  });

  it("is a disk that is full, or nearly", () => {
    const disk = (folder: string, free: number, files = 100_000): string[] =>
      unwell({ disks: [{ folder, free, files }] });
    expect(disk("/usr/local/lib", 200_000)).to.deep.equal([
      "warning disk: /usr/local/lib: 200 MB and 100000 files free",
    ]);
    expect(disk("/run", 200_000)).to.deep.equal([]);
    expect(disk("/run", 1000)).to.deep.equal(["error disk: /run: 1 MB and 100000 files free"]);
    expect(disk("/run", 200_000, 10)).to.deep.equal(["warning disk: /run: 200 MB and 10 files free"]);
    expect(disk("/run", 200_000, 0)).to.deep.equal([]);
  });
});

describe("what a doctor finds of the way between two hosts", () => {
  const facts: PairFacts = {
    host: "a",
    peer: "b",
    address: "192.168.64.27",
    peerAddress: "192.168.64.28",
    port: 4789,
    size: 1500,
    reach: { source: "192.168.64.27", route: "192.168.64.28 dev eth1 src 192.168.64.27", passes: 1500 },
    taken: false,
    arrived: 70,
  };
  const found = (changes: Partial<PairFacts>): string[] =>
    pairFindings({ ...facts, ...changes }).map((one) => `${one.severity} ${one.check}: ${one.evidence}`);

  it("is nothing where all is well", () => {
    expect(found({})).to.deep.equal([
      "ok source: 192.168.64.27 to 192.168.64.28",
      "ok path mtu: 1500 bytes pass to 192.168.64.28",
      "ok udp: 64 of 64 datagrams to UDP port 4789 reached b",
    ]);
  });

  it("is a route, a source, an MTU and a port that are not as they have to be", () => {
    const reach = (changes: object): string[] => found({ reach: { ...facts.reach!, ...changes } });
    expect(reach({ source: "", route: "RTNETLINK answers: Network is unreachable" })[0]).to.match(
      /^error source: no route/,
    );
    expect(reach({ source: "10.0.0.1" })[0]).to.match(
      /^warning source: packets to 192\.168\.64\.28 come from 10\.0\.0\.1/,
    );
    expect(reach({ passes: 1400 })[1]).to.equal(
      "error path mtu: 1400 bytes pass to 192.168.64.28 at the most, 1500 are needed",
    );
    expect(pairFindings({ ...facts, reach: { ...facts.reach!, passes: 1400 } })[1]!.mend).to.contain("mtu: 1350");
    expect(reach({ passes: 0 })[1]).to.match(/^warning path mtu: 192\.168\.64\.28 answers no ping/);
    expect(found({ arrived: 3 })[2]).to.equal("error udp: 3 of 64 datagrams to UDP port 4789 reached b");
    expect(found({ taken: true })[2]).to.equal("warning udp: could not be told: a program on b has the port");
    expect(found({ arrived: undefined, reach: undefined })).to.deep.equal([
      "warning source: could not be told",
      "warning path mtu: could not be told",
      "warning udp: could not be told",
    ]);
  });
});
