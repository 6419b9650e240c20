import { DoctorDocument } from "@overlaynet/cli/document/doctor";
import type { Examination, Examined } from "@overlaynet/core/doctor/index";
import { expect } from "chai";
import { dead, expected, well } from "./network.js";
import { expectGolden, overlaynet, type Said } from "./scene.js";

/** What a host without a fault prints of itself. */
const fit = [
  "iproute2 iproute2-6.1.0",
  "systemd systemd 252",
  "holder eth1",
  "mtu 1500",
  "rp_filter all 2",
  "gc_thresh3 1024",
  "sshd maxsessions 10",
  "sshd maxstartups 10:30:100",
  "disk /usr/local/lib 9000000 90000",
];

/** What hosts print, and how many datagrams came to each. */
class Machines {
  readonly asked: string[] = [];
  readonly #arrived = new Map<string, number>();

  /** @param deaf names of hosts that no datagram comes to @param look changes of what it prints of itself */
  host(said: Said, { deaf = false, passes = 1500, look = "", unmet = [] as string[] } = {}): Said {
    const { name, address } = said;
    const print = (lines: string): Examined => ({ told: `overlaynet-examined\n${lines}\n`, unmet });
    const examine = (one: Examination): Examined => {
      this.asked.push(`${name} ${one.what}`);
      switch (one.what) {
        case "look":
          return print([look, `clock ${Date.now() / 1000}`, ...fit].join("\n"));
        case "reach":
          return print(
            one.peers
              .map((peer) => `route ${peer} ${peer} dev eth1 src ${address}\npasses ${peer} ${passes}`)
              .join("\n"),
          );
        case "send":
          for (const peer of one.peers) this.#arrived.set(peer, (this.#arrived.get(peer) ?? 0) + 64);
          return print("");
        case "count":
          return print(`datagrams ${deaf ? 0 : (this.#arrived.get(address) ?? 0)}`);
      }
    };
    return { ...said, examine };
  }
}

describe("overlaynet doctor", () => {
  it("says that all is well, and with --all what was seen", async () => {
    const machines = new Machines();
    const hosts = [machines.host(well[0]), machines.host(well[1])];
    const { status, out } = await overlaynet(["doctor"], hosts, { expected });
    expect(status).to.equal(0);
    expect(out).to.equal("stack test of shop: 2 hosts examined\n\n0 errors, 0 warnings, 0 notes; 28 checks well\n");
    expectGolden("doctor-all", await (async () => (await overlaynet(["doctor", "--all"], hosts, { expected })).out)());
    // One host at a time sends, so that it is known whose the datagrams are.
    const rounds = machines.asked.slice(0, machines.asked.length / 2).filter((line) => !/look|reach/.test(line));
    expect(rounds).to.deep.equal(["b count", "a send", "b count", "a count", "b send", "a count"]);
  });

  it("tells the gravest first, each with what mends it, and ends with 1 when an overlay cannot work", async () => {
    const machines = new Machines();
    const hosts = [
      machines.host(well[0], { look: "bridge-nf 1\nsshd maxsessions 2", passes: 1400 }),
      machines.host(well[1], { deaf: true, unmet: ["nft is missing; install nftables"] }),
    ];
    const { status, out } = await overlaynet(["doctor"], hosts, { expected });
    expect(status).to.equal(1);
    expectGolden("doctor", out);
  });

  it("examines the others beside a host that does not answer, and ends with 3", async () => {
    const { status, out } = await overlaynet(["doctor", "--json"], [new Machines().host(well[0]), dead], { expected });
    expect(status).to.equal(3);
    const { findings, problems } = DoctorDocument.parse(JSON.parse(out));
    expect(problems.map(({ host, kind }) => `${host} ${kind}`)).to.deep.equal(["b unreachable"]);
    expect(
      findings.filter(({ peer }) => peer === "b").map(({ check, severity }) => `${check} ${severity}`),
    ).to.deep.equal(["source ok", "path mtu ok", "udp warning"]);
  });

  it("asks for the port and the size of the overlays that are there, or for those that are given", async () => {
    const seen: Examination[] = [];
    const host = new Machines().host(well[0]);
    const spying = { ...host, examine: (one: Examination) => (seen.push(one), host.examine!(one)) };
    await overlaynet(["doctor"], [spying, well[1]], { expected });
    await overlaynet(["doctor", "--port", "8472", "--mtu", "8950"], [spying, well[1]], { expected });
    const sizes = seen.flatMap((one) => (one.what === "reach" ? [one.size] : []));
    const ports = seen.flatMap((one) => (one.what === "look" ? [one.port] : []));
    expect({ sizes, ports }).to.deep.equal({ sizes: [1500, 9000], ports: [4789, 8472] });
  });

  it("prints nothing that a terminal obeys, and refuses what makes no sense", async () => {
    const host = new Machines().host(well[0], { look: "port-user \u001b[31mred 7" });
    const { out } = await overlaynet(["doctor"], [host], { expected });
    expect(out).not.to.contain("\u001b");
    expect((await overlaynet(["doctor", "--port", "0"], [host])).err).to.contain("expected a port, 1 to 65535");
  });
});
