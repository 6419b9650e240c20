import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Canaries, found, watchProcesses } from "../checks/canary.js";
import { expectEveryPairPings } from "../checks/network.js";
import { startSshAgent } from "../checks/ssh-agent.js";
import { type Outcome, Stack, succeeded } from "../checks/stack.js";
import type { HostArguments, Topology } from "../checks/topology.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { run } from "../hosts/command.js";
import { type Host, Lab, type Snapshot } from "../hosts/index.js";

/** The checkout, seen from where this file is compiled to. */
const checkout = join(__dirname, "..", "..", "..");

/** Log in by a password, as user vagrant only. */
const sshd = "Match User vagrant\n  PasswordAuthentication yes\n";

/** The whole log of the engine, on standard error. */
const log = (verbosity: number): string[] => [`-v=${verbosity}`, "--logtostderr", "--logflow"];

/**
 * A key, its passphrase and a password that open the hosts, and appear nowhere. Given as a program has them from its configuration (`requireSecret`), and as the operator's files and ssh-agent.
 */
describe("secrets", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let stack: Stack;
  let canaries: Canaries;
  let closed: string;
  let keyPath: string;
  let agentSocketPath: string;
  let inline: Topology;
  let untouched: readonly Snapshot[];

  before(async () => {
    lab = await Lab.up({ name: "secrets", hosts: 2 });
    const passphrase = "canary passphrase of the key";
    const password = "canary-password-of-vagrant";
    const closedPath = join(lab.stateDir, "closed");
    keyPath = join(lab.stateDir, "open");
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", closedPath]);
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keyPath]);
    closed = await readFile(closedPath, "utf8");
    const open = await readFile(keyPath, "utf8");
    canaries = { "a closed key": closed.split("\n")[3]!, "an open key": open.split("\n")[3]!, passphrase, password };
    const known = await Promise.all([closedPath, keyPath].map((path) => readFile(`${path}.pub`, "utf8")));
    for (const host of lab.hosts) {
      await host.ssh(["tee", "/etc/ssh/sshd_config.d/00-test.conf"], { input: sshd });
      await host.ssh(["tee", "-a", "/root/.ssh/authorized_keys"], { input: known.join("") });
      await host.ssh(["chpasswd"], { input: `vagrant:${password}\n` });
      await host.ssh(["systemctl", "restart", "ssh"]);
    }
    untouched = await snapshots(lab.hosts);
    stack = await Stack.create(lab, "secrets");
    await stack.configure(
      {},
      { "secrets:key": closed, "secrets:passphrase": passphrase, "secrets:password": password },
    );
    agentSocketPath = await startSshAgent(lab, "open.sock", [keyPath]);
    inline = topologyOf(byKey("a"), byPassword("b"));
  });
  after(() => Lab.down("secrets"));

  type Connection = HostArguments["connection"];

  const secret = (configSecret: string): object => ({ configSecret });
  const byKey = (host: string): Connection => {
    const { hostKey, address } = lab.host(host);
    return {
      host: address,
      user: "root",
      hostKey,
      privateKey: secret("key"),
      privateKeyPassword: secret("passphrase"),
    };
  };
  const byPassword = (host: string): Connection => {
    return { user: "vagrant", hostKey: lab.host(host).hostKey, password: secret("password"), proxy: byKey("a") };
  };

  function topologyOf(a: Connection, b: Connection, overlay: object = {}): Topology {
    const hosts = {
      a: { address: lab.host("a").address, connection: a },
      b: { address: lab.host("b").address, connection: b },
    };
    return {
      overlays: { lab: { vni: 42, cidr: "7.7.7.0/24", gateway: "7.7.7.1", hosts, ...overlay } },
      containers: {
        red: { overlay: "lab", host: "a", ip: "7.7.7.2" },
        pink: { overlay: "lab", host: "b", ip: "7.7.7.3" },
      },
    };
  }

  function expectClean(what: string, { output }: Outcome): void {
    expect(found(canaries, output), `${what}:\n${output}`).to.deep.equal([]);
  }

  /** The engine hands its configuration to the program so: in PULUMI_CONFIG. */
  function expectSeenInProgramOnly(sightings: ReadonlySet<string>): void {
    const others = [...sightings].filter((one) => !/ in environ of .*@pulumi\/pulumi\/cmd\/run/.test(one));
    expect(others).to.deep.equal([]);
  }

  /** The files and the journal's lines of a host that hold a canary. */
  async function heldBy(host: Host): Promise<string[]> {
    const places = ["/etc", "/home", "/root", "/run", "/tmp", "/usr/local", "/var"];
    const look = `cat > /dev/shm/canaries
      journalctl --no-pager | grep -aFf /dev/shm/canaries
      grep -rlaFf /dev/shm/canaries -D skip "$@"
      rm /dev/shm/canaries`;
    const input = Object.values(canaries).join("\n");
    const { stdout } = await host.ssh(["sh", "-c", look, "sh", ...places], { input });
    return stdout.split("\n").filter((line) => line !== "");
  }

  it("are seen by what looks for them", async () => {
    const [name, text] = Object.entries(canaries)[3]!;
    const sleeping = run([process.execPath, "-e", "setTimeout(() => {}, 30_000)", text], {
      env: { CANARY: text },
      reject: false,
    });
    const { sightings } = await watchProcesses(canaries, new Promise((resolve) => setTimeout(resolve, 300)));
    sleeping.kill();
    await sleeping;
    expect([...sightings].map((one) => one.split(" of ")[0])).to.include.members([
      `${name} in cmdline`,
      `${name} in environ`,
    ]);
  });

  it("are in no process's arguments, in no environment but the program's own, and in no output or log up to -v=6, while they are used", async () => {
    await stack.declare(inline);
    const going = stack.up("--debug", ...log(6));
    const { rounds, sightings } = await watchProcesses(canaries, going);
    const outcome = succeeded("up", await going);
    console.log(`      looked at all processes ${rounds} times`);
    expectSeenInProgramOnly(sightings);
    expectClean("up --debug -v=6", outcome);
    await expectEveryPairPings(lab, inline, { count: 1 });
    succeeded("preview of what is so already", await stack.preview("--expect-no-changes"));
  });

  it("are in no file of a host, nor of the operator's, and in no journal", async () => {
    for (const host of lab.hosts) expect(await heldBy(host), `host ${host.name}`).to.deep.equal([]);
    const { stdout } = await run(["grep", "-rlaFf", "-", "--exclude=closed", "--exclude=open", stack.folder], {
      input: Object.values(canaries).join("\n"),
      reject: false,
    });
    expect(stdout, "the stack's own files, its state and its backups").to.equal("");
    expect(found(canaries, await stack.export()), "the exported state").to.deep.equal([]);
    expect(await stack.export()).to.contain('"ciphertext"');
  });

  it("are in no report, which has what every host holds", async () => {
    const archive = join(lab.stateDir, "for-an-issue.tar.gz");
    const { exitCode, stdout, stderr } = await stack.overlaynet(["report", "--output", archive]);
    expect({ exitCode, stderr }, stdout).to.deep.equal({ exitCode: 0, stderr: "" });
    const texts = (await run(["tar", "-xzOf", archive])).stdout;
    expect(found(canaries, texts)).to.deep.equal([]);
    const names = (await run(["tar", "-tzf", archive])).stdout;
    for (const host of ["a", "b"]) {
      const text = async (file: string): Promise<string> =>
        (await run(["tar", "-xzOf", archive, `for-an-issue/hosts/${host}/${file}`])).stdout;
      expect(await text("namespace-overns-42.txt"), names).to.match(/vxlan1[^]*lladdr 02:42:07:07:07:0[23]/);
      expect(await text(`namespace-${host === "a" ? "red" : "pink"}.txt`)).to.contain("eth0");
      expect(await text("journal.txt")).to.contain("overlay lab, VNI 42");
      expect(await text("desired.json")).to.contain('"vni": 42');
      expect(await text("files.txt")).to.contain("/var/lib/overlaynet");
      expect(await text("filters.txt")).to.match(/^table ip \S*overlaynet/m);
    }
  });

  it("do not make secret what another stack is told of the overlay, and are not in it", async () => {
    const outcome = succeeded("output", await stack.pulumi(["stack", "output", "lab", "--json"]));
    expectClean("stack output", outcome);
    const { hosts } = JSON.parse(outcome.output) as { hosts: Record<string, HostArguments> };
    expect(Object.keys(hosts["a"]!.connection)).to.deep.equal(["host", "hostKey", "user"]);
    expect(hosts["b"]!.connection["proxy"]).to.deep.equal({
      host: lab.host("a").address,
      hostKey: lab.host("a").hostKey,
      user: "root",
    });
  });

  it("hide no change but their own", async () => {
    await stack.declare(
      topologyOf({ ...byKey("a"), dialErrorLimit: 4 }, { ...byPassword("b"), perDialTimeout: 9 }, { mtu: 1400 }),
    );
    const preview = succeeded("preview", await stack.preview());
    expectClean("preview", preview);
    // The overlay and its two containers, each with all of it.
    for (const change of [/\+ dialErrorLimit: 4/g, /\+ perDialTimeout: 9/g, /~ mtu *: 1450 => 1400/g]) {
      expect(preview.output.match(change)?.length, `${change.source} in\n${preview.output}`).to.be.at.least(3);
    }
    await stack.declare(topologyOf(byKey("a"), { ...byPassword("b"), password: "another-password" }));
    const changed = succeeded("preview", await stack.preview());
    expect(changed.output)
      .to.match(/~ password: \[secret\] => \[secret\]/)
      .and.not.to.contain("another-password");
  });

  it("are in no refusal, of their own input or of one beside them", async () => {
    const misplaced = {
      user: secret("password"),
      host: secret("passphrase"),
      port: secret("key"),
      privateKeyPath: secret("key"),
    };
    const wrong: [string, Topology, RegExp][] = [
      [
        "an input beside them",
        topologyOf(byKey("a"), byPassword("b"), { cidr: "nonsense", colour: secret("key") }),
        /cidr: .*nonsense/,
      ],
      [
        "an input that is no key",
        topologyOf({ ...byKey("a"), privateKey: secret("password") }, byPassword("b")),
        /privateKey: expected a private key/,
      ],
      [
        "secrets in other places",
        topologyOf(misplaced, byPassword("b")),
        /hosts\.a\.connection\.port: expected a port[^]*hosts\.a\.connection\.privateKeyPath: expected the name of a file/,
      ],
    ];
    for (const [what, topology, sentence] of wrong) {
      await stack.declare(topology);
      const outcome = await stack.preview(...log(6));
      expect(outcome.ok, what).to.equal(false);
      expect(outcome.output).to.match(sentence);
      expectClean(what, outcome);
    }
    // Hosts refuse them: wrong passphrase, wrong password.
    const other = { ...byKey("a"), privateKeyPassword: secret("password"), privateKeyPath: secret("password") };
    await stack.declare(topologyOf(other, { ...byPassword("b"), password: secret("passphrase"), proxy: other }));
    succeeded("up, which is bookkeeping", await stack.up());
    const refused = await stack.refresh(...log(6));
    expect(refused.output)
      .to.match(/does not open with the given privateKeyPassword/)
      .and.match(/the key by privateKeyPath \(not shown: .*\) of the connection cannot be read \(ENOENT\)/);
    expectClean("refresh", refused);
    await stack.declare(inline);
    succeeded("up", await stack.up());
  });

  it("are printed from -v=7 on by the engine itself, and by nothing of ours", async () => {
    await stack.declare(topologyOf(byKey("a"), byPassword("b"), { mtu: 1400 }));
    const { output } = succeeded("preview", await stack.preview(...log(9)));
    const lines = output.split("\n").filter((line) => found(canaries, line).length > 0);
    expect(lines).not.to.deep.equal([]);
    const its =
      /^(Marshaling|Unmarshaling) property for RPC|^Planner decided|^RegisterResource RPC|^Provider\[|^diffing|^Calling|^StepGenerator/i;
    const others = lines.filter((line) => {
      const entry = line.startsWith("{") ? (JSON.parse(line) as { msg: string; v?: number }) : { msg: line };
      return !its.test(entry.msg) || (entry.v ?? 0) < 7;
    });
    expect(others.map((line) => line.slice(0, 200))).to.deep.equal([]);
  });

  it("are as hidden when they are stack config", async () => {
    const { hostKey: a, address: host } = lab.host("a");
    const { hostKey: b } = lab.host("b");
    await stack.declare(topologyOf({ hostKey: a }, { user: "vagrant", hostKey: b, proxy: { host, hostKey: a } }));
    const config = { privateKey: closed, privateKeyPassword: canaries["passphrase"]!, password: canaries["password"]! };
    const named = Object.entries(config).map(([name, value]) => [`overlaynet:${name}`, value] as const);
    await stack.configure({}, Object.fromEntries(named));
    succeeded("up, which is bookkeeping", await stack.up());
    // b is reached by the password, by way of a, which is reached by the closed key.
    const going = stack.refresh("--debug", ...log(6));
    const { sightings } = await watchProcesses(canaries, going);
    expectSeenInProgramOnly(sightings);
    expectClean("refresh --debug -v=6", succeeded("refresh", await going));
    const state = await stack.export();
    expect(found(canaries, state), "the exported state").to.deep.equal([]);
    const { deployment } = JSON.parse(state) as { deployment: { resources: { type: string }[] } };
    const holding = deployment.resources.filter((one) => JSON.stringify(one).includes('"ciphertext"'));
    expect(holding.map(({ type }) => type)).to.deep.equal(["pulumi:providers:pulumi-nodejs"]);
  });

  it("are as hidden when a program adds them to another stack's reference", async () => {
    const guest = await Stack.create(lab, "guest", {
      PULUMI_BACKEND_URL: `file://${join(stack.folder, ".pulumi-state", "backend")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(stack.folder, ".pulumi-state", "passphrase"),
    });
    await guest.configure({ "overlaynet:privateKeyPath": keyPath });
    await guest.declare({
      overlays: {},
      references: { lab: "organization/secrets/test" },
      // A text of the program's, which nobody has marked.
      credentials: { lab: { b: { password: canaries["password"] } } },
      containers: { green: { overlay: "lab", host: "b", ip: "7.7.7.4" } },
    });
    expectClean("up of the guest", succeeded("up of the guest", await guest.up()));
    const state = await guest.export();
    expect(found(canaries, state), "the exported state").to.deep.equal([]);
    expect(state).to.contain('"ciphertext"');
    succeeded("destroy of the guest", await guest.destroy());
    for (const key of ["privateKey", "privateKeyPassword", "password"])
      succeeded("config rm", await stack.pulumi(["config", "rm", `overlaynet:${key}`]));
  });

  it("are in no log at all, however much is logged, when the engine is not told: by file and by ssh-agent", async () => {
    const { hostKey: a } = lab.host("a");
    const { hostKey: b } = lab.host("b");
    const byFile = topologyOf({ hostKey: a, privateKeyPath: keyPath }, { hostKey: b, agentSocketPath });
    // Nor of the program's configuration, which the engine hands to every provider.
    await stack.declare(byFile);
    for (const key of ["key", "passphrase", "password"])
      succeeded("config rm", await stack.pulumi(["config", "rm", `secrets:${key}`]));
    succeeded("up, which is bookkeeping", await stack.up());
    await stack.declare({
      ...byFile,
      containers: { ...byFile.containers, green: { overlay: "lab", host: "a", ip: "7.7.7.4" } },
    });
    const calls = join(stack.folder, "calls.json");
    const argv = ["up", "--yes", "--skip-preview", "--diff", "--debug", ...log(11)];
    const going = stack.pulumi(argv, { PULUMI_DEBUG_GRPC: calls });
    const { sightings } = await watchProcesses(canaries, going);
    expect([...sightings]).to.deep.equal([]);
    const outcome = succeeded("up", await going);
    expect(outcome.output.length).to.be.greaterThan(100_000);
    expect(found(canaries, outcome.output)).to.deep.equal([]);
    expect(found(canaries, await readFile(calls, "utf8"))).to.deep.equal([]);
    await rm(calls);
    expect(await stack.export()).not.to.contain('"privateKey"');
  });

  it("are hidden, and hinder nothing, when they and the machines are made by the same program", async () => {
    const made = await Stack.of(lab, "machines", join(checkout, "test", "checks", "machines.cjs"));
    const declare = async (image: string): Promise<void> => {
      const machines = lab.hosts.map(({ name, address, hostKey }) => [name, { image, address, hostKey, keyPath }]);
      await writeFile(join(made.folder, "machines.json"), JSON.stringify(Object.fromEntries(machines)));
    };
    await declare("first");
    expectClean("preview", succeeded("preview of what is not known yet", await made.preview()));
    expectClean("up", succeeded("up", await made.up()));
    const [a, b] = [lab.host("a"), lab.host("b")];
    for (const [host, name, ip] of [
      [a, "here", "8.8.8.3"],
      [b, "there", "8.8.8.2"],
    ] as const)
      await host.ssh(["ip", "netns", "exec", name, "ping", "-n", "-c", "1", "-W", "5", ip]);
    expect(found(canaries, await made.export()), "the exported state").to.deep.equal([]);
    succeeded("preview of what is so already", await made.preview("--expect-no-changes"));
    // Machines that are replaced: their addresses are not known again, which is no reason to replace the overlay.
    await declare("second");
    const preview = succeeded("preview", await made.preview());
    expectClean("preview", preview);
    expect(preview.output)
      .to.match(/~ 3 to update/)
      .and.match(/\+-2 to replace/);
    expectClean("up", succeeded("up", await made.up()));
    succeeded("refresh of what is so already", await made.refresh("--expect-no-changes"));
    succeeded("destroy", await made.destroy());
  });

  it("leave nothing behind", async () => {
    succeeded("destroy", await stack.destroy());
    await expectUntouched(lab.hosts, untouched, "after destroy");
  });
});
