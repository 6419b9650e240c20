import { join } from "node:path";
import { DoctorDocument } from "@overlaynet/cli/document/doctor";
import { expect } from "chai";
import { Stack, succeeded } from "../checks/stack.js";
import { mainJob } from "../checks/topology.js";
import { run } from "../hosts/command.js";
import { type Host, Lab } from "../hosts/index.js";

type Severity = DoctorDocument["findings"][number]["severity"];

/** `overlaynet doctor` on hosts that are well, then with one thing after another broken for real. */
describe("the doctor", function () {
  this.timeout(300_000);

  let lab: Lab;
  let stack: Stack;
  /** Of somebody who has logged in to both hosts before, and whose folder has no network yet. */
  let newcomer: Stack;
  let a: Host;
  let b: Host;

  before(async () => {
    lab = await Lab.up({ name: "doctor", hosts: 2 });
    [a, b] = [lab.host("a"), lab.host("b")];
    await run(["install", "-D", lab.knownHostsPath, join(lab.stateDir, ".ssh", "known_hosts")]);
    newcomer = await Stack.create(lab, "newcomer", { HOME: lab.stateDir });
    stack = await Stack.create(lab, "doctor");
  });
  after(() => Lab.down("doctor"));

  async function examined(...options: string[]): Promise<{ status: number | undefined; document: DoctorDocument }> {
    const whose = options.includes("--identity") ? newcomer : stack;
    const { exitCode, stdout, stderr } = await whose.overlaynet(["doctor", "--json", ...options]);
    expect(stderr).to.equal("");
    return { status: exitCode, document: DoctorDocument.parse(JSON.parse(stdout)) };
  }

  const given = (): string[] => [
    ...lab.hosts.flatMap(({ name, address }) => ["--host", `${name}=root@${address}`]),
    "--identity",
    lab.privateKeyPath,
  ];

  /** What is found of a kind, by severity: `a to b, udp: 0 of 64 …`. */
  function found({ findings }: DoctorDocument, ...severities: Severity[]): string[] {
    const those = findings.filter(({ severity }) => severities.includes(severity));
    return those.map(
      ({ host, peer, check, evidence }) => `${host}${peer === undefined ? "" : ` to ${peer}`}, ${check}: ${evidence}`,
    );
  }

  /** Breaks something, looks, and mends it again, whatever was seen. */
  async function broken(host: Host, breaks: string, mends: string, ...options: string[]): Promise<string[]> {
    await host.script(breaks);
    try {
      const { status, document } = await examined(...options);
      const errors = found(document, "error");
      expect(status, errors.join("\n")).to.equal(errors.length > 0 ? 1 : 0);
      return found(document, "error", "warning");
    } finally {
      await host.script(mends);
    }
  }

  const inEveryState = (options: () => string[]): void => {
    it("finds nothing that keeps an overlay from working", async () => {
      const { status, document } = await examined(...options());
      expect(found(document, "error", "warning")).to.deep.equal([]);
      expect({ status, problems: document.problems }).to.deep.equal({ status: 0, problems: [] });
      expect(found(document, "ok")).to.include.members([
        "a to b, source: 192.168.64.27 to 192.168.64.28",
        "a to b, path mtu: 1500 bytes pass to 192.168.64.28",
        "b to a, path mtu: 1500 bytes pass to 192.168.64.27",
        "a to b, udp: 64 of 64 datagrams to UDP port 4789 reached b",
        "b to a, udp: 64 of 64 datagrams to UDP port 4789 reached a",
      ]);
    });

    it("finds a firewall that drops the port one way", async () => {
      const chain = "{ type filter hook input priority 0; udp dport 4789 drop; }";
      const breaks = `nft 'add table inet deaf; add chain inet deaf input ${chain}'`;
      expect(await broken(b, breaks, "nft delete table inet deaf", ...options())).to.deep.equal([
        "a to b, udp: 0 of 64 datagrams to UDP port 4789 reached b",
      ]);
    });

    it("finds a path that is too narrow, and how wide it is", async () => {
      const device = "$(ip -o -4 addr show to 192.168.64.27 | awk '{ print $2 }')";
      const breaks = `ip link set ${device} mtu 1400`;
      const errors = await broken(a, breaks, `ip link set ${device} mtu 1500`, ...options());
      expect(errors).to.include("a to b, path mtu: 1400 bytes pass to 192.168.64.28 at the most, 1500 are needed");
    });

    it("finds limits that are too low", async () => {
      // The first that a file says counts; sshd itself goes on with what it has read.
      const breaks = `cp /etc/ssh/sshd_config /root/before; printf 'MaxSessions 2\\nMaxStartups 2\\n' | cat - /root/before > /etc/ssh/sshd_config`;
      const mends = "mv /root/before /etc/ssh/sshd_config";
      expect(await broken(a, breaks, mends, ...options())).to.deep.equal([
        "a, sshd: MaxSessions 2; overlaynet uses up to 8",
        "a, sshd: MaxStartups 2; overlaynet uses up to 4",
      ]);
    });
  };

  describe("before anything is put there", () => {
    inEveryState(given);

    it("finds a program that has the port", async () => {
      const perl = "socket(S, PF_INET, SOCK_DGRAM, 17); bind(S, sockaddr_in(4789, INADDR_ANY)); sleep 600";
      const breaks = `systemd-run --quiet --unit thief perl -MSocket -e '${perl}'; until ss -Huanp 'sport = :4789' | grep -q perl; do sleep 0.1; done`;
      const errors = await broken(b, breaks, "systemctl stop thief", ...given());
      expect(errors).to.have.length(2);
      expect(errors[0]).to.match(/^b, udp port: UDP port 4789 belongs to perl \(\d+\)$/);
      // It does not read what comes to it.
      expect(errors[1]).to.equal("a to b, udp: could not be told: a program on b has the port");
    });

    it("finds tools that are missing, as a create would", async () => {
      const errors = await broken(
        a,
        "mv /usr/sbin/nft /usr/sbin/nft.away",
        "mv /usr/sbin/nft.away /usr/sbin/nft",
        ...given(),
      );
      expect(errors.join("\n")).to.match(/^a, requirements: it lacks nft$/m);
    });

    it("leaves nothing on the hosts", async () => {
      for (const host of [a, b]) {
        const { stdout } = await host.script(
          "ls -d /usr/local/lib/overlaynet /var/lib/overlaynet /run/overlaynet 2>/dev/null || echo none",
        );
        expect(stdout).to.equal("none");
      }
    });
  });

  describe("with an overlay", () => {
    before(async () => {
      await stack.declare(mainJob(lab));
      succeeded("up", await stack.up());
    });
    inEveryState(() => []);

    it("says so of a host that does not answer, and examines the others", async () => {
      await b.powerOff();
      const { status, document } = await examined("--timeout", "3");
      expect(status).to.equal(3);
      expect(document.problems.map(({ host, kind }) => `${host} ${kind}`)).to.deep.equal(["b unreachable"]);
      expect(found(document, "error")).to.deep.equal([]);
    });
  });
});
