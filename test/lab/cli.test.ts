import { join } from "node:path";
import { PingDocument } from "@overlaynet/cli/document/ping";
import { RecordsDocument } from "@overlaynet/cli/document/records";
import { StatusDocument } from "@overlaynet/cli/document/status";
import { VersionDocument } from "@overlaynet/cli/document/version";
import { expect } from "chai";
import { Stack, succeeded } from "../checks/stack.js";
import { mainJob, type Topology } from "../checks/topology.js";
import { type Host, Lab, until } from "../hosts/index.js";

/** Milliseconds for what a busy machine may need. */
const SOON = 30_000;

/** The operator's command over a real stack: what it finds, says, and ends with. */
describe("the command overlaynet", function () {
  this.timeout(300_000);

  let lab: Lab;
  let stack: Stack;
  let topology: Topology;
  let a: Host;
  let b: Host;

  before(async () => {
    lab = await Lab.up({ name: "cli", hosts: 2 });
    [a, b] = [lab.host("a"), lab.host("b")];
    stack = await Stack.create(lab, "cli");
    topology = mainJob(lab);
    await stack.declare(topology);
    succeeded("up", await stack.up());
  });
  after(() => Lab.down("cli"));

  async function status(...options: string[]): Promise<{ exitCode: number | undefined; document: StatusDocument }> {
    const { exitCode, stdout, stderr } = await stack.overlaynet(["status", "--json", ...options]);
    expect(stderr).to.equal("");
    return { exitCode, document: StatusDocument.parse(JSON.parse(stdout)) };
  }

  async function untilWell(): Promise<void> {
    await until(
      "all is well",
      async () => (await status()).exitCode === 0,
      { within: SOON },
      async () => {
        return (await stack.overlaynet(["status"])).stdout;
      },
    );
  }

  it("shows all hosts of the stack on one screen, and ends with 0", async () => {
    await untilWell();
    const { exitCode, stdout } = await stack.overlaynet(["status"]);
    expect(stdout).to.match(/^stack test of cli: 2 hosts, 3 containers, 3 records$/m);
    expect(stdout).to.match(/^a +192\.168\.64\.27 .* running +vxlan1 up +2 +3 /m);
    expect(stdout).to.match(/^b +192\.168\.64\.28 .* running +vxlan1 up +1 +3 /m);
    expect(stdout).to.match(/^red +lab +a +7\.7\.7\.2 +02:42:07:07:07:02 +ok$/m);
    expect(stdout).to.match(/^7\.7\.7\.3 +lab +02:42:07:07:07:03 +192\.168\.64\.28 +b +container pink +all$/m);
    expect(stdout).to.match(/^all well$/m);
    expect(stdout.split("\n").length).to.be.at.most(24);
    expect(exitCode).to.equal(0);
  });

  it("is the same over hosts that are given, and on a host for itself", async () => {
    const given = lab.hosts.flatMap(({ name, address }) => ["--host", `${name}=root@${address}`]);
    const known = await stack.overlaynet(["status", ...given, "--identity", lab.privateKeyPath]);
    // Their keys are in no known_hosts of the operator's.
    expect(known.exitCode).to.equal(3);
    expect(known.stdout).to.match(/✗ a \(192\.168\.64\.27\): .*says that 192\.168\.64\.27 has the key SHA256:/);
    const { document } = await status("--host", "b");
    expect(document.hosts.map(({ name }) => name)).to.deep.equal(["b"]);
    const here = await a.ssh(["overlaynet", "status", "--json"]);
    const own = StatusDocument.parse(JSON.parse(here.stdout));
    expect(own.hosts.map(({ name }) => name)).to.deep.equal(["a"]);
    expect(own.containers.map(({ name }) => name)).to.deep.equal(["green", "red"]);
  });

  it("names what is wrong with what to do, and ends with 1", async () => {
    await a.script("ip -n overns link set vxlan1 mtu 1300");
    const wrong = await status();
    expect(wrong.exitCode).to.equal(1);
    expect(wrong.document.problems).to.deep.include({
      host: "a",
      overlay: "lab",
      kind: "wrong",
      what: "vxlan1 mtu 1300, want 1450",
      mend: "`pulumi refresh` shows it as a change, `pulumi up` mends it",
    });
    await a.script("ip -n overns link set vxlan1 mtu 1450; ip netns del green");
    const { exitCode, stdout } = await stack.overlaynet(["status"]);
    expect(exitCode).to.equal(1);
    expect(stdout).to.match(/^green +lab +a +7\.7\.7\.4 +02:42:07:07:07:04 +drift: .*green/m);
    succeeded("refresh", await stack.refresh());
    succeeded("up", await stack.up());
    await untilWell();
  });

  it("counts what a host puts right by itself", async () => {
    const count = async (): Promise<number> => (await status()).document.hosts[0]!.overlays[0]!.repaired.structure;
    const before = await count();
    await a.script("ip -n overns link del vxlan1");
    await until("the host mends it and says so", async () => (await count()) > before, { within: SOON });
    await untilWell();
  });

  it("says that no resolver runs, and how to start it", async () => {
    await b.script("systemctl stop overlaynet-resolver@lab");
    const { exitCode, stdout } = await stack.overlaynet(["status"]);
    expect(exitCode).to.equal(1);
    expect(stdout).to.match(/✗ b, lab: no resolver runs/);
    const mend = /`(systemctl restart \S+)`/.exec(stdout)?.[1];
    await b.script(mend!);
    await untilWell();
  });

  it("writes, tells and removes records by hand on all hosts, which the kernel follows", async () => {
    const [ip, mac, vtep] = ["7.7.7.9", "02:42:07:07:07:09", "192.168.64.40"];
    const kernel = async (host: Host): Promise<boolean> => {
      const { stdout } = await host.script("ip -n overns neigh show dev vxlan1; bridge -n overns fdb show dev vxlan1");
      return stdout.includes(`${ip} lladdr ${mac}`) && stdout.includes(`${mac} dst ${vtep}`);
    };
    const put = await stack.overlaynet(["records", "put", ip, mac, vtep]);
    expect(put).to.deep.equal({ exitCode: 0, stdout: "a: 2 files written\nb: 2 files written", stderr: "" });
    for (const host of [a, b]) await until("the kernel has it", () => kernel(host), { within: SOON });
    const got = await stack.overlaynet(["records", "get", ip]);
    expect(got.stdout).to.match(/^7\.7\.7\.9 +lab +02:42:07:07:07:09 +192\.168\.64\.40 +outside +by hand +all$/m);
    const theirs = await stack.overlaynet(["records", "put", "7.7.7.3", mac, vtep]);
    expect(theirs.exitCode).to.equal(1);
    expect(theirs.stdout).to.contain("arp/7.7.7.3 is the record of container pink: `pulumi up` changes it");
    const strange = await stack.overlaynet(["records", "put", "7.7.8.9", mac, vtep]);
    expect(strange.stdout).to.contain("expected an address of a container in 7.7.7.0/24, got 7.7.8.9");

    const folder = join(lab.stateDir, "records");
    const exported = await stack.overlaynet(["records", "export", folder]);
    expect(exported.stdout).to.equal(`${folder}: 4 files in arp/, 4 files in fdb/`);
    const removed = await stack.overlaynet(["records", "rm", ip]);
    expect(removed.stdout).to.equal("a: 2 files removed\nb: 2 files removed");
    for (const host of [a, b]) await until("the kernel forgets", async () => !(await kernel(host)), { within: SOON });
    // Resources' own are among them, as they are.
    const imported = await stack.overlaynet(["records", "import", folder]);
    expect(imported).to.include({ exitCode: 0, stdout: "a: 2 files written\nb: 2 files written" });
    const again = await stack.overlaynet(["records", "import", folder]);
    expect(again.stdout).to.equal("a: nothing to do\nb: nothing to do");
    // On a host only itself.
    await a.ssh(["overlaynet", "records", "rm", mac]);
    const left = RecordsDocument.parse(JSON.parse((await stack.overlaynet(["records", "get", ip, "--json"])).stdout));
    expect(left.records.map(({ on }) => on)).to.deep.equal([["b"]]);
    await stack.overlaynet(["records", "rm", ip]);
    expect((await stack.overlaynet(["records", "get", ip])).exitCode).to.equal(1);
    await untilWell();
  });

  it("tells versions", async () => {
    const { stdout } = await stack.overlaynet(["version", "--json"]);
    const document = VersionDocument.parse(JSON.parse(stdout));
    expect(document.hosts.map(({ name, agent }) => `${name} ${agent ?? "none"}`)).to.deep.equal([
      `a ${document.command}`,
      `b ${document.command}`,
    ]);
    expect(new Set(document.hosts.map(({ digest }) => digest)).size).to.equal(1);
  });

  it("refuses a command line that makes no sense, and names what there is", async () => {
    const unknown = await stack.overlaynet(["status", "--host", "z"]);
    expect(unknown).to.include({ exitCode: 2, stderr: "error: --host: stack test of cli has no host z; it has a, b" });
    const verb = await stack.overlaynet(["sing"]);
    expect(verb.exitCode).to.equal(2);
    expect(verb.stderr).to.match(/^error: unknown command 'sing'/);
    const stranger = await stack.overlaynet(["status", "--stack", "none"]);
    expect(stranger.exitCode).to.equal(2);
    expect(stranger.stderr).to.match(/^error: `pulumi stack export`: no stack named 'none' found/);
  });

  it("pings from every container to every other, and names the pairs that lose everything", async () => {
    const { exitCode, stdout, stderr } = await stack.overlaynet(["ping"]);
    expect({ exitCode, stderr }, stdout).to.deep.equal({ exitCode: 0, stderr: "" });
    const time = String.raw`\d+\.\d\d(?: \d+%)?`;
    expect(stdout).to.match(new RegExp(`^green +a +· +${time} +${time}$`, "m"));
    expect(stdout).to.match(new RegExp(`^pink +b +${time} +· +${time}$`, "m"));
    expect(stdout).to.match(new RegExp(`^red +a +${time} +${time} +·$`, "m"));
    // Full size passes, one byte more does not.
    const pinged = async (...options: string[]): Promise<{ exitCode: number | undefined; document: PingDocument }> => {
      const ran = await stack.overlaynet(["ping", "--json", ...options]);
      return { exitCode: ran.exitCode, document: PingDocument.parse(JSON.parse(ran.stdout)) };
    };
    expect((await pinged("red", "pink", "--size", "1450")).exitCode).to.equal(0);
    const large = await pinged("red", "pink", "--size", "1451");
    expect(large.exitCode).to.equal(1);
    expect(large.document.problems[0]!.what).to.match(
      /^pink gets no answer from red \(7\.7\.7\.2\): .*message too long/,
    );
    const chain = "{ type filter hook input priority 0; policy drop; }";
    await b.script(`ip netns exec pink nft 'add table ip deaf; add chain ip deaf input ${chain}'`);
    const lost = await pinged("--count", "1");
    await b.script("ip netns exec pink nft delete table ip deaf");
    expect(lost.exitCode).to.equal(1);
    const pairs = lost.document.pairs.map(({ from, to, received }) => `${from.container} ${to.container} ${received}`);
    expect(pairs).to.deep.equal([
      "green pink 0",
      "green red 1",
      "pink green 0",
      "pink red 0",
      "red green 1",
      "red pink 0",
    ]);
    await untilWell();
    // A host pings among its own.
    const here = await a.ssh(["overlaynet", "ping", "--json"]);
    expect(PingDocument.parse(JSON.parse(here.stdout)).pairs).to.have.length(2);
  });

  it("runs a command in a container wherever it lives, and ends as that does", async () => {
    const seen = await stack.overlaynet(["exec", "pink", "--", "ip", "-4", "-o", "addr", "show", "eth0"]);
    expect(seen.stdout).to.contain(" 7.7.7.3/24 ");
    expect(seen).to.include({ exitCode: 0, stderr: "" });
    const pinged = await stack.overlaynet(["exec", "red", "--", "ping", "-c", "1", "-W", "5", "7.7.7.3"]);
    expect(pinged.exitCode).to.equal(0);
    const failed = await stack.overlaynet(["exec", "red", "--", "sh", "-c", "echo no >&2; exit 7"]);
    expect(failed).to.deep.equal({ exitCode: 7, stdout: "", stderr: "no" });
    const words = await stack.overlaynet(["exec", "red", "--", "printf", "<%s>", "a b", "$HOME", "it's", "--help"]);
    expect(words.stdout).to.equal("<a b><$HOME><it's><--help>");
    const fed = await stack.overlaynet(["exec", "green", "--", "cat"], { input: "what comes in\nwhole" });
    expect(fed).to.deep.equal({ exitCode: 0, stdout: "what comes in\nwhole", stderr: "" });
    const here = await a.ssh(["overlaynet", "exec", "red", "--", "cat", "/sys/class/net/eth0/address"]);
    expect(here.stdout).to.equal("02:42:07:07:07:02");
    const nobody = await stack.overlaynet(["exec", "blue", "--", "true"]);
    expect(nobody.exitCode).to.equal(2);
    expect(nobody.stderr).to.match(/^error: stack test of cli has no container blue; it has green, pink, red$/);
  });

  it("gives the command a terminal when there is one here", async () => {
    const argv = ["exec", "pink", "--", "sh", "-c", "'tty; stty size; ip -br link show eth0'"].join(" ");
    const { stdout } = await stack.overlaynet(["exec", "pink", "--", "tty"], { input: "" });
    expect(stdout).to.equal("not a tty");
    const inside = await stack.overlaynet([], { terminal: argv });
    // Node.js leaves onlcr on in its raw mode, so that a line ends with one more carriage return; and script shows that its input ended.
    expect(inside.stdout).to.match(/\/dev\/pts\/\d+\r+\n33 111\r+\neth0@if\d+ +UP /);
    expect(inside.exitCode).to.equal(0);
  });

  it("shows a host that does not answer beside the others, and ends with 3", async () => {
    await b.powerOff();
    const { exitCode, document } = await status("--timeout", "3");
    expect(exitCode).to.equal(3);
    expect(document.hosts.map(({ name, reachable }) => `${name} ${reachable}`)).to.deep.equal(["a true", "b false"]);
    expect(document.containers.find(({ name }) => name === "pink")).to.include({ state: "unknown", host: "b" });
    const [problem] = document.problems;
    expect(problem).to.include({ host: "b", kind: "unreachable" });
    expect(problem!.what).to.match(/^b \(192\.168\.64\.28\): connect: /);
  });
});
