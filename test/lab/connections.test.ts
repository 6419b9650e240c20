import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "@overlaynet/provider/input/connection";
import { expect } from "chai";
import { expectNoChange } from "../checks/main-job.js";
import { expectEveryPairPings } from "../checks/network.js";
import { type Ask, Operator, type Reached } from "../checks/operator.js";
import { startSshAgent } from "../checks/ssh-agent.js";
import { Stack, succeeded } from "../checks/stack.js";
import type { HostArguments, Topology } from "../checks/topology.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { installVersion } from "../checks/version.js";
import { run } from "../hosts/command.js";
import { type Host, Lab, type Snapshot, snapshot, until } from "../hosts/index.js";
import { makeKey } from "../hosts/seed.js";

/** The checkout, seen from where this file is compiled to. */
const checkout = join(__dirname, "..", "..", "..");

/** Hosts with little room: two channels in a connection, and where sshd begins to drop connections that have not logged in yet (its default), it drops all. What follows makes do with it. */
const sshd = `Port 22
Port 2222
LogLevel VERBOSE
MaxSessions 2
MaxStartups 10:100:10
AuthorizedKeysFile .ssh/authorized_keys .ssh/more_keys
Match User vagrant
  PasswordAuthentication yes
Match User plain
  KbdInteractiveAuthentication yes
`;
const password = "open, sesame";
const passphrase = "correct horse battery staple";

/** deploy is whom an administrator lets have sessions, plain is nobody. */
const accounts = `
echo 'vagrant:${password}' | chpasswd
for user in deploy plain; do
  useradd -m -s /bin/bash $user
  echo "$user:${password}" | chpasswd
  install -d -m 700 -o $user /home/$user/.ssh
  install -m 600 -o $user /root/.ssh/authorized_keys /home/$user/.ssh/
done
sed -i '1i if [ -e /run/stuck ]; then sleep 600; fi' /home/deploy/.bashrc
systemctl restart ssh`;

/** What b's shell says before it does what it is told, while it takes its time. */
const noise = String.raw`printf 'Welcome to \033[1mb\033[0m!\nno line end'
echo 'stty: standard input is no terminal' >&2
sleep 0.3
yes 'a long message of the day' | head -n 2000
printf 'and no end at the end'
`;

/** b's sshd sees mounts of its own, nearly all of them read-only. */
const sandbox = "[Service]\nPrivateMounts=yes\nPrivateTmp=yes\nProtectSystem=strict\nProtectHome=read-only\n";

/** Every way in that the documentation names. */
describe("connections", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let stack: Stack;
  let topology: Topology;
  let operator: Operator;
  let knownHosts: string;
  let untouched: Snapshot[];
  let silence: Promise<Reached>;

  before(async () => {
    lab = await Lab.up({ name: "connections", hosts: 3 });
    await Promise.all(
      lab.hosts.map(async (host) => {
        await host.ssh(["tee", "/etc/ssh/sshd_config.d/00-test.conf"], { input: sshd });
        if (host.name === "b") {
          await host.ssh(["tee", "/etc/noise"], { input: noise });
          await host.script("sed -i '1i . /etc/noise' /home/vagrant/.bashrc; mkdir /etc/systemd/system/ssh.service.d");
          await host.ssh(["tee", "/etc/systemd/system/ssh.service.d/sandbox.conf"], { input: sandbox });
          await host.ssh(["systemctl", "daemon-reload"]);
        }
        await host.script(accounts);
      }),
    );
    operator = new Operator(lab, { HOME: lab.stateDir });
    untouched = [...(await snapshots(lab.hosts))];
  });
  after(async () => {
    await operator.end();
    await Lab.down("connections");
  });

  const key = (): string => lab.privateKeyPath;

  /** Of a host whose key is pinned, dialled once. */
  function pinned(name: string, more: Connection = {}): Connection {
    return { hostKey: lab.host(name).hostKey, dialErrorLimit: 1, ...more };
  }

  function reach(name: string, connection: Connection, more: Partial<Ask> = {}): Promise<Reached> {
    return operator.reach({ host: { name, address: lab.host(name).address, connection }, ...more });
  }

  async function expectIn(name: string, connection: Connection, more: Partial<Ask> = {}): Promise<void> {
    const reached = await reach(name, connection, more);
    expect(reached.ok, reached.ok ? "" : reached.message).to.equal(true);
  }

  async function expectOut(name: string, connection: Connection, message: RegExp): Promise<void> {
    const reached = await reach(name, connection);
    expect(reached.ok ? "it was let in" : reached.message).to.match(message);
  }

  async function journal(host: Host, pattern: string): Promise<number> {
    const { stdout } = await host.script(`journalctl --no-pager -o cat -u ssh | grep -cE '${pattern}' || test $? = 1`);
    return Number(stdout);
  }

  function withHosts(connections: Record<string, HostArguments["connection"]>, overlay: object = {}): Topology {
    const hosts = Object.fromEntries(
      Object.entries(connections).map(([name, connection]) => [name, { address: lab.host(name).address, connection }]),
    );
    const lab42 = { vni: 42, cidr: "7.7.7.0/24", gateway: "7.7.7.1", hosts, ...overlay };
    const containers = Object.keys(connections).map((host, index) => {
      return [`c-${host}`, { overlay: "lab", host, ip: `7.7.7.${index + 2}` }] as const;
    });
    return { overlays: { lab: lab42 }, containers: Object.fromEntries(containers) };
  }

  async function up(next: Topology): Promise<string> {
    topology = next;
    await stack.declare(next);
    return succeeded("up", await stack.up()).output;
  }

  it("go by stack config, as a user who is root by sudo -n, through a noisy shell and an sshd with mounts of its own", async () => {
    knownHosts = join(lab.stateDir, "ports");
    const lines = lab.hosts.map(({ address, hostKey }) => `[${address}]:2222 ${hostKey}\n`);
    await writeFile(knownHosts, lines.join(""));
    stack = await Stack.create(lab, "connections");
    await stack.configure({
      "overlaynet:user": "vagrant",
      "overlaynet:port": "2222",
      "overlaynet:privateKeyPath": key(),
      "overlaynet:knownHostsPath": knownHosts,
      "overlaynet:dialRetryWait": "0.2",
    });
    await up(withHosts({ a: {}, b: {} }));
    await expectEveryPairPings(lab, topology, { count: 1 });
    // As somebody sees it who did not come by that sshd.
    const { stdout } = await lab
      .host("b")
      .ssh(["nsenter", "-t", "1", "-m", "ip", "netns", "exec", "c-b", "ip", "-br", "addr"]);
    expect(stdout).to.match(/eth0\S* +UP +7\.7\.7\.3\/24/);
    await expectNoChange(stack);
  });

  it("go by a user whom an administrator lets have sessions, by what `overlaynet install --print` prints", async () => {
    const host = lab.host("c");
    const argv = [process.execPath, join(checkout, "sdk", "dist", "bin.js"), "install", "--print", "--user", "deploy"];
    const { stdout: script } = await run(argv);
    await expectOut(
      "c",
      pinned("c", { user: "deploy", privateKeyPath: key() }),
      /^c \(.*\): session: deploy@\S+ may not run `sudo -n .*a password is required/,
    );
    await host.ssh(["sh"], { input: script });
    // What is the administrator's stays.
    untouched[2] = await snapshot(host);
    for (const no of [
      ["id"],
      ["/usr/local/bin/overlaynet", "status"],
      ["/usr/local/bin/overlaynet", "session", "-x"],
    ]) {
      const { exitCode } = await host.ssh(["runuser", "-u", "deploy", "--", "sudo", "-n", ...no], { reject: false });
      expect(exitCode, no.join(" ")).to.equal(1);
    }
    // c boots only when it is waited for.
    await host.powerOff();
    await stack.declare((topology = withHosts({ a: {}, b: {}, c: { user: "deploy" } })));
    const going = stack.start(["up", "--yes", "--skip-preview", "--diff"]);
    const waiting = /c \(192\.168\.64\.29\): connect: no answer yet, waiting for 2 s/;
    await until("c is waited for", () => Promise.resolve(waiting.test(going.printed())), { within: 60_000 });
    await host.powerOn();
    const { output } = succeeded("up", await going.outcome);
    expect(output).not.to.match(/c \(.*putting agent/);
    await expectEveryPairPings(lab, topology, { count: 1 });
    await expectNoChange(stack);
  });

  it("leave the administrator's agent where there is another build", async () => {
    await installVersion(stack.folder, "0.2.0");
    const output = await up(withHosts({ a: {}, b: {}, c: { user: "deploy" } }, { mtu: 1400 }));
    expect(output).to.match(/a \(\S+\): install: putting agent 0\.2\.0/);
    expect(output).to.match(/c \(\S+\): keeps its agent 0\.1\.0, there is another build: an administrator takes care/);
    await expectEveryPairPings(lab, topology, { count: 1 });
  });

  it("are refused by name, host by host, in what the engine prints", async () => {
    const lines = await readFile(knownHosts, "utf8");
    const [a, b, c] = lab.hosts.map((host) => `[${host.address}]:2222`);
    const key = (name: string): string => lab.host(name).hostKey;
    await writeFile(
      knownHosts,
      `@revoked ${a} ${key("a")}\n${a} ${key("a")}\n@cert-authority ${b} ${key("b")}\n${c} ${key("a")}\n`,
    );
    const { ok, output } = await stack.refresh();
    await writeFile(knownHosts, lines);
    expect(ok).to.equal(false);
    for (const sentence of [
      /a \(192\.168\.64\.27\): host key: its key SHA256:\S+ is marked @revoked in \S+ports/,
      /b \(192\.168\.64\.28\): host key: nothing in \S+ports says .*certificates are not supported/,
      /c \(192\.168\.64\.29\): host key: expected SHA256:\S+ as in \S+ports, got SHA256:/,
    ])
      expect(output).to.match(sentence);
    await expectNoChange(stack);
  });

  it("go by way of jump hosts behind jump hosts, each checked", async () => {
    const root = { privateKeyPath: key() };
    const a = { host: lab.host("a").address, ...pinned("a", root) };
    const c = { host: lab.host("c").address, ...pinned("c", root), proxy: a };
    await expectIn("c", pinned("c", { ...root, proxy: a }));
    await expectIn("b", pinned("b", { ...root, proxy: c }));
    const { hostKey } = lab.host("b");
    await expectOut(
      "b",
      pinned("b", { ...root, proxy: { ...c, hostKey } }),
      /^b \(.*\): host key: expected SHA256:.* got SHA256:/,
    );
    const dead = { host: "192.168.64.99", ...pinned("a", root), perDialTimeout: 2 };
    await expectOut("b", pinned("b", { ...root, proxy: dead }), /^b \(.*\): connect: .*192\.168\.64\.99/);
    await expectOut(
      "c",
      { ...pinned("c", { ...root, proxy: a }), host: "192.168.64.99" },
      /connect: the jump host 192\.168\.64\.27 cannot reach 192\.168\.64\.99:22/,
    );
  });

  it("begin to wait for a host that falls silent after log-in", async () => {
    const host = lab.host("c");
    await host.ssh(["touch", "/run/stuck"]);
    silence = reach("c", pinned("c", { user: "deploy", privateKeyPath: key(), perDialTimeout: 3 }));
    const asleep = async (): Promise<boolean> =>
      (await host.ssh(["pgrep", "-f", "^sleep 600"], { reject: false })).exitCode === 0;
    await until("the log-in shell of c waits", asleep, { within: 30_000 });
    await host.ssh(["systemd-run", "--quiet", "ip", "link", "set", "eth0", "down"], { reject: false, timeout: 5000 });
  });

  it("open by every kind of key, with and without passphrase, by file and inline, and by ssh-agent", async () => {
    const kinds: [string, string[]][] = [
      ["ed25519", ["-t", "ed25519"]],
      ["rsa", ["-t", "rsa", "-b", "2048"]],
      ["ecdsa", ["-t", "ecdsa"]],
      ["rsa-pem", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
      ["ecdsa-pkcs8", ["-t", "ecdsa", "-m", "PKCS8"]],
    ];
    for (const [name, argv] of kinds) {
      const path = join(lab.stateDir, name);
      await run(["ssh-keygen", "-q", ...argv, "-N", passphrase, "-f", path]);
      await lab.host("a").ssh(["tee", "/root/.ssh/more_keys"], { input: await readFile(`${path}.pub`, "utf8") });
      await expectIn("a", pinned("a", { privateKeyPath: `~/${name}`, privateKeyPassword: passphrase }));
      await expectIn("a", pinned("a", { privateKey: await readFile(path, "utf8"), privateKeyPassword: passphrase }));
      await expectOut(
        "a",
        pinned("a", { privateKeyPath: path }),
        /authentication: .*has a passphrase; give privateKeyPassword/,
      );
      await expectOut(
        "a",
        pinned("a", { privateKeyPath: path, privateKeyPassword: "wrong" }),
        /does not open with the given/,
      );
      await run(["ssh-keygen", "-q", "-p", "-P", passphrase, "-N", "", "-f", path]);
      await expectIn("a", pinned("a", { privateKeyPath: path }));
    }
    await lab.host("a").ssh(["rm", "/root/.ssh/more_keys"]);
    const agentSocketPath = await startSshAgent(lab);
    await expectIn("a", pinned("a", { agentSocketPath }));
    await expectIn("a", pinned("a"), { config: { agentSocketPath: "~/agent.sock" } });
    await expectOut(
      "a",
      pinned("a", { agentSocketPath: "/nowhere" }),
      /authentication: ssh-agent refused for user root/,
    );
    await expectOut("a", pinned("a"), /authentication: nothing to log in with was given for user root/);
  });

  it("open by a password, typed or asked for", async () => {
    await expectIn("a", pinned("a", { user: "vagrant", password }));
    await expectIn("a", pinned("a", { user: "vagrant" }), { config: { password } });
    await expectIn("a", pinned("a", { user: "vagrant", password: "wrong" }), { config: { password } });
    await expectOut(
      "a",
      pinned("a", { user: "vagrant", password: "wrong" }),
      /authentication: the password in the connection refused for user vagrant/,
    );
    // It logs in by keyboard-interactive, and may do nothing then.
    await expectOut(
      "a",
      pinned("a", { user: "plain", password }),
      /^a \(.*\): session: plain@\S+ may not run `sudo -n .*a password is required/,
    );
  });

  it("say at once when a host has had enough of wrong keys", async () => {
    const keys = await Promise.all(
      Array.from({ length: 7 }, async (_, index) => {
        const path = join(lab.stateDir, `wrong-${index}`);
        await makeKey(path, "wrong");
        return path;
      }),
    );
    const socket = await startSshAgent(lab, "wrong.sock", keys);
    const before = await journal(lab.host("a"), "maximum authentication attempts");
    await expectOut(
      "a",
      { ...pinned("a"), dialErrorLimit: 5, agentSocketPath: socket },
      /authentication: ssh-agent refused.*too many/i,
    );
    expect(await journal(lab.host("a"), "maximum authentication attempts")).to.equal(before + 1);
  });

  it("believe known_hosts, plain and hashed, with and without a port, and revoke", async () => {
    const { address, hostKey } = lab.host("a");
    const file = join(lab.stateDir, "known");
    const connection = { privateKeyPath: key(), knownHostsPath: file, dialErrorLimit: 1 };
    const known = async (...lines: string[]): Promise<void> =>
      writeFile(file, lines.map((line) => `${line}\n`).join(""));
    const hash = (): Promise<unknown> => Promise.resolve(run(["ssh-keygen", "-H", "-f", file]));
    await known(`${address} ${hostKey}`, `[${address}]:2222 ${hostKey}`);
    await expectIn("a", connection);
    await expectIn("a", { ...connection, port: 2222 });
    await hash();
    expect(await readFile(file, "utf8")).not.to.contain(address);
    await expectIn("a", connection);
    await expectIn("a", { ...connection, port: 2222 });
    await known(`[${address}]:2222 ${hostKey}`);
    await expectOut(
      "a",
      connection,
      /host key: nothing in .*known says that 192\.168\.64\.27 has the key SHA256:\S+; if that is its key, set hostKey to "ssh-ed25519 AAAA/,
    );
    await known(`${address} ${hostKey}`, `@revoked * ${hostKey}`);
    await expectOut("a", connection, /host key: .*marked @revoked/);
    await known(`@cert-authority * ${hostKey}`);
    await expectOut("a", connection, /certificates are not supported/);
    // The default file, below the operator's home.
    await run(["install", "-D", lab.knownHostsPath, join(lab.stateDir, ".ssh", "known_hosts")]);
    await expectIn("a", { privateKeyPath: key() });
  });

  it("take a stranger only when told to, and nobody else's key even then", async () => {
    const { hostKey } = lab.host("b");
    const file = join(lab.stateDir, "nobody");
    const connection: Connection = { privateKeyPath: key(), knownHostsPath: file, dialErrorLimit: 1 };
    await writeFile(file, "");
    await expectOut("a", { ...connection, hostKeyCheck: "strict" }, /host key: nothing in/);
    await expectIn("a", { ...connection, hostKeyCheck: "accept-new" });
    await expectIn("a", connection, { config: { hostKeyCheck: "accept-new" } });
    expect(await readFile(file, "utf8"), "known_hosts is never written to").to.equal("");
    await writeFile(file, `${lab.host("a").address} ${hostKey}\n`);
    await expectOut(
      "a",
      { ...connection, hostKeyCheck: "accept-new" },
      /host key: expected SHA256:\S+ as in .*got SHA256/,
    );
    await expectIn("a", { ...connection, hostKeyCheck: "off" });
    await expectOut("a", { ...connection, hostKeyCheck: "off", hostKey }, /host key: expected SHA256:\S+ as pinned/);
  });

  it("are no more than four log-ins at once to a host, and to a jump host", async () => {
    const root = { privateKeyPath: key() };
    const a = { host: lab.host("a").address, ...pinned("a", root) };
    const all = Array.from({ length: 20 }).flatMap(() => [
      expectIn("a", pinned("a", root)),
      expectIn("b", pinned("b", { ...root, proxy: a })),
    ]);
    await Promise.all(all);
    for (const name of ["a", "b"])
      expect(await journal(lab.host(name), "drop connection|MaxStartups throttling"), name).to.equal(0);
  });

  it("gave the silent host up", async () => {
    const reached = await silence;
    expect(reached.ok).to.equal(false);
    if (!reached.ok) expect([reached.kind, reached.message]).to.match(/^unreachable,c \(192\.168\.64\.29\): /);
  });

  it("wait for a machine that boots, and does not let users in at first", async () => {
    const host = lab.host("c");
    const connection = pinned("c", {
      user: "deploy",
      privateKeyPath: key(),
      dialErrorLimit: -1,
      dialRetryWait: 0.2,
      perDialTimeout: 2,
    });
    const booting = expectIn("c", connection);
    await host.kill9AndRestart();
    await booting;
    await host.script("echo 'System is booting up.' > /run/nologin");
    const refused = await journal(host, "deploy.*[Aa]ccount");
    const waiting = expectIn("c", connection);
    await until("deploy is sent away", async () => (await journal(host, "deploy.*[Aa]ccount")) > refused, {
      within: 20_000,
    });
    await host.ssh(["rm", "/run/nologin"]);
    await waiting;
  });

  it("touch no host when a key changes, and let a stack be destroyed by the new one without an up", async () => {
    const path = join(lab.stateDir, "rotated");
    await makeKey(path, "the next key");
    const giveKeys = async (publicKey: string): Promise<void> => {
      const files = ["/home/vagrant/.ssh/authorized_keys", "/home/deploy/.ssh/authorized_keys"];
      // b's sshd sees homes that cannot be written to.
      const tee = ["nsenter", "-t", "1", "-m", "tee", ...files];
      await Promise.all(lab.hosts.map((host) => host.ssh(tee, { input: publicKey })));
    };
    await giveKeys(await readFile(`${path}.pub`, "utf8"));
    const logins = (): Promise<number[]> =>
      Promise.all(lab.hosts.map((host) => journal(host, "Accepted \\S+ for (vagrant|deploy)")));
    const before = await logins();
    await stack.configure({ "overlaynet:privateKeyPath": path });
    succeeded("preview", await stack.preview("--expect-no-changes"));
    succeeded("up", await stack.up("--expect-no-changes"));
    const inline = { user: "deploy", privateKey: await readFile(path, "utf8") };
    const a = { host: lab.host("a").address, user: "vagrant", hostKey: lab.host("a").hostKey };
    const c = { host: lab.host("c").address, user: "deploy", hostKey: lab.host("c").hostKey, proxy: a };
    const next = withHosts({ a: {}, b: { proxy: c }, c: inline }, { mtu: 1400 });
    expect(await up(next)).to.match(/~ .*Overlay: \(update\)/);
    expect(await logins()).to.deep.equal(before);
    // By way of both jump hosts to b, and by the new key everywhere.
    succeeded("destroy", await stack.destroy());
    await giveKeys(await readFile(`${key()}.pub`, "utf8"));
    await expectUntouched(lab.hosts, untouched, "after destroy");
  });
});
