import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { run } from "../hosts/command.js";
import { diffSnapshots, Lab, OPERATOR_ADDRESS, snapshot } from "../hosts/index.js";
import { labPaths } from "../hosts/paths.js";

const NAME = "hosts-test";
const CLI = join(__dirname, "..", "hosts", "cli.js");

/** What a lab calls its namespaces and links; those of another test that runs beside this one have other names. */
const OURS = /^(a|b|op|underlay|u-\w+|eth\d+)$/;

/** All that a lab could leave on this machine, one line each. */
async function traces(): Promise<string[]> {
  const links = JSON.parse((await run(["ip", "-j", "link"])).stdout) as { ifname: string }[];
  const { state, cgroup } = labPaths(NAME);
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const left = [
    ...mounts.filter((line) => line.includes(NAME)).map((line) => `mount ${line}`),
    ...(existsSync("/run/netns") ? readdirSync("/run/netns") : [])
      .filter((name) => OURS.test(name))
      .map((name) => `namespace ${name}`),
    ...links.filter(({ ifname }) => OURS.test(ifname)).map(({ ifname }) => `link ${ifname}`),
    ...[state, cgroup].filter((path) => existsSync(path)),
    ...(existsSync("/run/systemd/nspawn") ? readdirSync("/run/systemd/nspawn", { recursive: true }) : []).map(String),
  ];
  return left.sort();
}

describe("lab hosts", function () {
  this.timeout(120_000);
  let lab: Lab;
  let clean: string[];

  before(async () => {
    await Lab.down(NAME);
    clean = await traces();
    lab = await Lab.up({ name: NAME, hosts: 2 });
  });

  after(async () => {
    await lab.down();
    expect(await traces()).to.deep.equal(clean);
  });

  it("have names, addresses and a systemd of their own", async () => {
    for (const [name, address] of [
      ["a", "192.168.64.27"],
      ["b", "192.168.64.28"],
    ] as const) {
      const host = lab.host(name);
      expect(host.address).to.equal(address);
      expect((await host.ssh(["hostname"])).stdout).to.equal(name);
      expect((await host.ssh(["ip", "-br", "-4", "addr", "show", "eth0"])).stdout).to.include(`${address}/24`);
      expect((await host.ssh(["systemctl", "is-system-running", "--wait"])).stdout).to.equal("running");
    }
    const ids = await Promise.all(lab.hosts.map(async (host) => (await host.ssh(["cat", "/etc/machine-id"])).stdout));
    expect(new Set(ids).size).to.equal(2);
  });

  it("run what they are given, word for word, as root and as vagrant", async () => {
    const words = ["a  b", "$HOME", "it's", "", "-n", "*"];
    const { stdout } = await lab.host("a").ssh(["printf", "<%s>", ...words], { user: "vagrant" });
    expect(stdout).to.equal(words.map((word) => `<${word}>`).join(""));
    expect((await lab.host("a").ssh(["cat"], { input: "text" })).stdout).to.equal("text");
    expect((await lab.host("b").ssh(["sudo", "-n", "id", "-u"], { user: "vagrant" })).stdout).to.equal("0");
  });

  it("have what overlaynet asks of a host, and neither Node.js nor its agent", async () => {
    for (const tool of ["ip", "bridge", "nft", "sudo", "systemctl", "tcpdump", "socat"]) {
      await lab.host("a").ssh(["which", tool]);
    }
    for (const tool of ["node", "overlaynet"]) {
      expect((await lab.host("a").ssh(["which", tool], { reject: false })).exitCode).to.equal(1);
    }
  });

  it("are known by their keys: another key is refused", async () => {
    const [a, b] = [lab.host("a"), lab.host("b")];
    expect(a.hostKey)
      .to.match(/^ssh-ed25519 AAAA/)
      .and.not.equal(b.hostKey);
    const wrong = join(lab.stateDir, "wrong_hosts");
    const strict = ["-F", "none", "-i", lab.privateKeyPath, "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes"];
    const known = readFileSync(lab.knownHostsPath, "utf8");
    await run(["tee", wrong], { input: known.replace(a.hostKey, b.hostKey) });
    const files = ["-o", `UserKnownHostsFile=${wrong}`, "-o", "GlobalKnownHostsFile=/dev/null"];
    const refused = await lab.op(["ssh", ...strict, ...files, `root@${a.address}`, "true"], { reject: false });
    expect(refused.exitCode).to.equal(255);
    expect(refused.stderr).to.include("Host key verification failed");
  });

  it("reach each other and the operator, and nothing else", async () => {
    await lab.op(["ping", "-c", "1", "-W", "5", lab.host("b").address]);
    await lab.host("a").ssh(["ping", "-c", "1", "-W", "5", lab.host("b").address]);
    await lab.host("b").ssh(["ping", "-c", "1", "-W", "5", OPERATOR_ADDRESS]);
    const places = [
      lab.op(["ip", "route", "show", "default"]),
      ...lab.hosts.map((host) => host.ssh(["ip", "route", "show", "default"])),
    ];
    for (const place of places) expect((await place).stdout).to.equal("");
    const out = await lab.host("a").ssh(["ping", "-c", "1", "-W", "1", "192.0.2.1"], { reject: false });
    expect(out.stderr + out.stdout).to.include("unreachable");
  });

  it("lose at a reboot what a machine loses, and keep their disks", async () => {
    const a = lab.host("a");
    const untouched = await snapshot(a);
    await a.script("ip link add stray type bridge; ip netns add stray; echo kept > /root/kept");
    expect(diffSnapshots(untouched, await snapshot(a)))
      .to.include("stray")
      .and.include("/root/kept");
    await a.reboot();
    expect((await a.ssh(["cat", "/root/kept"])).stdout).to.equal("kept");
    await a.ssh(["rm", "/root/kept"]);
    expect(diffSnapshots(untouched, await snapshot(a))).to.equal("");
  });

  it("go off and come on again, while the others stay up", async () => {
    const [a, b] = [lab.host("a"), lab.host("b")];
    const uptime = async (): Promise<string> => (await b.ssh(["systemctl", "show", "-P", "UserspaceTimestamp"])).stdout;
    const started = await uptime();
    await a.powerOff();
    expect(await a.power()).to.equal("off");
    expect((await a.ssh(["true"], { reject: false })).exitCode).to.equal(255);
    await a.powerOn();
    await a.kill9AndRestart();
    expect((await a.ssh(["hostname"])).stdout).to.equal("a");
    expect(await uptime()).to.equal(started);
  });

  it("talk to a VXLAN endpoint made by hand", async () => {
    const a = lab.host("a");
    const mac = "02:42:07:07:07:02";
    const endpoint = await lab.endpoint({
      vni: 42,
      ip: "7.7.7.9/24",
      mac: "02:42:c0:a8:00:09",
      peers: [{ ip: "7.7.7.2", mac, vtep: a.address }],
    });
    await a.script(`
      ip link add vxlan1 address ${mac} mtu 1450 type vxlan id 42 dstport 4789 local ${a.address} nolearning
      ip addr add 7.7.7.2/24 dev vxlan1
      ip link set vxlan1 up
      ip neigh replace 7.7.7.9 lladdr 02:42:c0:a8:00:09 dev vxlan1 nud permanent
      bridge fdb replace 02:42:c0:a8:00:09 dev vxlan1 self dst ${endpoint.address}`);
    await endpoint.exec(["ping", "-c", "2", "-i", "0.2", "-W", "5", "7.7.7.2"]);
    await a.ssh(["ping", "-c", "2", "-i", "0.2", "-W", "5", "7.7.7.9"]);
    await endpoint.remove();
    await a.ssh(["ip", "link", "del", "vxlan1"]);
  });

  it("live beside another lab with the same addresses", async () => {
    const other = await Lab.up({ name: `${NAME}-2`, hosts: 1 });
    try {
      await other.host("a").script("echo other > /root/which");
      expect((await lab.host("a").ssh(["ls", "/root"])).stdout).to.equal("");
      expect((await other.host("a").ssh(["cat", "/root/which"])).stdout).to.equal("other");
    } finally {
      await other.down();
    }
    expect((await lab.host("a").ssh(["hostname"])).stdout).to.equal("a");
  });
});

describe("a lab that is killed while it comes up", function () {
  this.timeout(120_000);

  for (const delay of [100, 250, 400, 600, 900, 1_300]) {
    it(`after ${delay} ms leaves nothing, once it is taken down`, async () => {
      await Lab.down(NAME);
      const before = await traces();
      const up = spawn(process.execPath, [CLI, "--name", NAME, "up", "2"], { stdio: "ignore" });
      const ended = new Promise((resolve) => up.once("exit", resolve));
      await pause(delay); // the moment of the fault, not a wait for anything
      up.kill("SIGKILL");
      await ended;
      await Lab.down(NAME);
      expect(await traces()).to.deep.equal(before);
    });
  }

  it("comes up at the next try", async () => {
    const up = spawn(process.execPath, [CLI, "--name", NAME, "up", "2"], { stdio: "ignore" });
    const ended = new Promise((resolve) => up.once("exit", resolve));
    await pause(500); // as above
    up.kill("SIGKILL");
    await ended;
    const lab = await Lab.up({ name: NAME, hosts: 1 });
    expect((await lab.host("a").ssh(["hostname"])).stdout).to.equal("a");
    await lab.down();
  });

  it("ends what runs at the operator's place, too", async () => {
    const lab = await Lab.up({ name: NAME, hosts: 1 });
    const running = lab.op(["sleep", "1000"], { reject: false });
    await lab.op(["true"]);
    await lab.down();
    expect((await running).signal).to.equal("SIGKILL");
  });
});
