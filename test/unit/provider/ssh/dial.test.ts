import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Connection } from "@overlaynet/provider/input/connection";
import { SshConnection } from "@overlaynet/provider/ssh/connection";
import { DialFailure } from "@overlaynet/provider/ssh/dial";
import { fromPkcs8 } from "@overlaynet/provider/ssh/pkcs8";
import { resolveTarget } from "@overlaynet/provider/ssh/target";
import { StackConfig } from "@overlaynet/provider/stack-config";
import { utils } from "ssh2";
import { fingerprint } from "@overlaynet/provider/ssh/host-key";
import { hostKeyLine, keyPair } from "./keys.js";
import { rejectedWith } from "../resource/rejected.js";
import { startServer, type TestServer } from "./server.js";

describe("an SSH connection", () => {
  const mine = keyPair();
  const closed = keyPair("open sesame");
  let folder: string;
  let server: TestServer;
  const servers: TestServer[] = [];
  const connections: SshConnection[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "overlaynet-ssh-"));
    server = await serve({ publicKey: mine.public, password: "pass word" });
  });
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.destroy();
  });
  after(async () => {
    await Promise.all(servers.map((each) => each.close()));
    await rm(folder, { recursive: true });
  });

  async function serve(options: Parameters<typeof startServer>[0]): Promise<TestServer> {
    const started = await startServer({
      exec: (command, channel) => {
        channel.write(command);
        channel.exit(command === "'false'" ? 1 : 0);
        channel.end();
      },
      ...options,
    });
    servers.push(started);
    return started;
  }

  async function open(connection: Connection, config: Record<string, string> = {}): Promise<SshConnection> {
    const stack = new StackConfig((key) => ({ agentSocketPath: join(folder, "none"), ...config })[key]);
    const plain = { port: server.port, dialErrorLimit: 1, perDialTimeout: 5, dialRetryWait: 0.01 };
    const target = resolveTarget("127.0.0.1", { ...plain, ...connection }, stack);
    const opened = await SshConnection.open(target);
    connections.push(opened);
    return opened;
  }

  function refused(connection: Connection, config: Record<string, string> = {}): Promise<DialFailure> {
    return rejectedWith(DialFailure, open(connection, config));
  }

  const pinned = (): Connection => ({ hostKey: server.hostKey });

  it("opens by a key, inline, by path and from stack config, by a password, and by what comes after what fails", async () => {
    const path = join(folder, "id");
    await writeFile(path, mine.private, { mode: 0o600 });
    await open({ ...pinned(), privateKey: mine.private });
    await open({ ...pinned(), privateKeyPath: path });
    await open(pinned(), { privateKeyPath: path });
    await open({ ...pinned(), password: "pass word" });
    await open({ ...pinned(), privateKey: keyPair().private }, { privateKey: mine.private });
    await open(
      { ...pinned(), privateKeyPath: join(folder, "nothing"), privateKey: "garbage" },
      { password: "pass word" },
    );
  });

  it("opens a key that has a passphrase, and says what is wrong with the passphrase", async () => {
    const other = await serve({ publicKey: closed.public });
    const pin = { hostKey: other.hostKey, port: other.port, privateKey: closed.private };
    await open({ ...pin, privateKeyPassword: "open sesame" });
    expect((await refused(pin)).message).to.match(
      /the key in the connection has a passphrase; give privateKeyPassword/,
    );
    expect((await refused({ ...pin, privateKeyPassword: "wrong" })).message).to.match(/does not open with the given/);
  });

  it("opens a key in PKCS#8 form, of every type, with and without passphrase", async () => {
    const kinds = [
      generateKeyPairSync("ed25519"),
      generateKeyPairSync("ec", { namedCurve: "P-256" }),
      generateKeyPairSync("rsa", { modulusLength: 2048 }),
    ];
    for (const { privateKey } of kinds) {
      const plain = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
      const cipher = { cipher: "aes-256-cbc", passphrase: "open sesame" };
      const locked = privateKey.export({ format: "pem", type: "pkcs8", ...cipher }).toString();
      const read = fromPkcs8(plain, undefined);
      const parsed = read === "closed" ? undefined : utils.parseKey(read.key);
      if (parsed === undefined || parsed instanceof Error) throw new Error("it was not read");
      const other = await serve({ publicKey: `${parsed.type} ${parsed.getPublicSSH().toString("base64")}` });
      const pin = { hostKey: other.hostKey, port: other.port };
      await open({ ...pin, privateKey: plain });
      await open({ ...pin, privateKey: locked, privateKeyPassword: "open sesame" });
      expect((await refused({ ...pin, privateKey: locked })).message).to.match(/has a passphrase; give/);
      const wrong = await refused({ ...pin, privateKey: locked, privateKeyPassword: "wrong" });
      expect(wrong.message).to.match(/does not open with the given/);
    }
    const unknown = generateKeyPairSync("ed448").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    for (const privateKey of ["-----BEGIN PRIVATE KEY-----\nAAAA", unknown])
      expect((await refused({ ...pinned(), privateKey })).message).to.match(/is not a private key that can be read/);
  });

  it("knows a host by its key's fingerprint alone", async () => {
    const [type = "", base64 = ""] = server.hostKey.split(" ");
    const print = fingerprint(Buffer.from(base64, "base64"));
    await open({ hostKey: `${type} ${print}`, password: "pass word" });
    const wrong = await refused({ hostKey: `${type} SHA256:${"A".repeat(43)}`, password: "pass word" });
    expect(wrong.message).to.contain(`expected SHA256:${"A".repeat(43)} as pinned by hostKey, got ${print}`);
  });

  it("shows no value of stack config that cannot be right: it may be a secret in the wrong place", async () => {
    for (const name of ["port", "dialErrorLimit", "hostKeyCheck", "user"]) {
      const connection = name === "port" ? { port: undefined } : { dialErrorLimit: undefined };
      const error = await rejectedWith(Error, open({ ...pinned(), ...connection }, { [name]: "a canary" }));
      expect(error.message).to.match(new RegExp(`^stack config overlaynet:${name}: expected `));
      expect(error.message).not.to.contain("canary");
    }
  });

  it("shows the name of a key's file only where it is like one: it may be the key itself, or its passphrase", async () => {
    for (const path of ["~/no/canary", "./no/canary", "/no/canary"])
      expect((await refused({ ...pinned(), privateKeyPath: path })).message).to.contain(`the key ${path} of the`);
    for (const secret of [mine.private, "the canary"]) {
      const { message } = await refused(pinned(), { privateKeyPath: secret });
      expect(message).to.match(
        /refused for user root; the key by privateKeyPath \(not shown: .*\) of stack config cannot be read/,
      );
      expect(message).not.to.contain("PRIVATE").and.not.to.contain("canary");
    }
  });

  it("says what was tried when nothing opens, and no secret", async () => {
    const stranger = keyPair();
    const error = await refused({ ...pinned(), privateKey: stranger.private, password: "canary" });
    expect(error.kind).to.equal("authentication");
    expect(error.message).to.match(
      /the key in the connection, the password in the connection, ssh-agent refused for user root/,
    );
    expect(error.message).not.to.contain("canary");
    expect(error.message).not.to.contain("PRIVATE KEY");
  });

  it("does not open to a host that is not the pinned one, and tells it nothing", async () => {
    const error = await refused({ hostKey: hostKeyLine(1), password: "pass word" });
    expect(error.kind).to.equal("host key");
    expect(error.message).to.match(/^expected SHA256:\S+ as pinned by hostKey, got SHA256:\S+;/);
  });

  it("goes by known_hosts otherwise, strictly", async () => {
    const path = join(folder, "known_hosts");
    const connection = { password: "pass word", knownHostsPath: path };
    const name = `[127.0.0.1]:${server.port}`;
    expect((await refused(connection)).message).to.match(
      /^nothing in .*known_hosts says that \[127\.0\.0\.1\]:\d+ has the key SHA256:/,
    );
    await writeFile(path, `${name} ${server.hostKey}\n`);
    await open(connection);
    await writeFile(path, `${name} ${hostKeyLine(3)}\n`);
    expect((await refused(connection)).message).to.match(/^expected SHA256:\S+ as in .*, got SHA256:/);
    await writeFile(path, `${name} ${server.hostKey}\n@revoked ${name} ${server.hostKey}\n`);
    expect((await refused(connection)).message).to.match(/marked @revoked/);
    await writeFile(path, `@cert-authority * ${hostKeyLine(3)}\n`);
    expect((await refused(connection)).message).to.match(/certificates are not supported/);
  });

  it("takes a stranger with accept-new, and anybody with off, when that is spelled out", async () => {
    const path = join(folder, "empty");
    await open({ password: "pass word", knownHostsPath: path, hostKeyCheck: "accept-new" });
    await open({ password: "pass word", knownHostsPath: path, hostKeyCheck: "off" });
    await writeFile(path, `[127.0.0.1]:${server.port} ${hostKeyLine(3)}\n`);
    expect((await refused({ password: "pass word", knownHostsPath: path, hostKeyCheck: "accept-new" })).kind).to.equal(
      "host key",
    );
  });

  it("goes by way of jump hosts, each checked like any other", async () => {
    const jump = await serve({ password: "jump" });
    const outer = await serve({ password: "outer" });
    const far = { host: "127.0.0.1", port: outer.port, hostKey: outer.hostKey, password: "outer" };
    const proxy = { host: "127.0.0.1", port: jump.port, hostKey: jump.hostKey, password: "jump", proxy: far };
    const connection = await open({ ...pinned(), password: "pass word", proxy });
    expect((await connection.run(["echo", "a b"])).stdout).to.equal("'echo' 'a b'");
    const wrong = await refused({ ...pinned(), password: "pass word", proxy: { ...proxy, hostKey: hostKeyLine(1) } });
    expect(wrong.kind).to.equal("host key");
  });

  it("is dialled again while nobody answers, as often as allowed", async () => {
    const slow = await serve({ password: "x", drop: 2 });
    const connection = { hostKey: slow.hostKey, port: slow.port, password: "x" };
    expect((await refused({ ...connection, dialErrorLimit: 2 })).kind).to.equal("network");
    await open({ ...connection, dialErrorLimit: 3 });
    expect(slow.connections()).to.equal(3);
  });

  it("sends at once what is small", async () => {
    // Nagle's algorithm would hold every second message back for 40 ms.
    const nagle: unknown[] = [];
    const own = Object.getOwnPropertyDescriptor(Socket.prototype, "setNoDelay")!;
    const setNoDelay = own.value as (this: Socket, off?: boolean) => Socket;
    Socket.prototype.setNoDelay = function (this: Socket, off?: boolean) {
      if (this.connecting) nagle.push(off);
      return setNoDelay.call(this, off);
    };
    try {
      await open({ ...pinned(), password: "pass word" });
    } finally {
      Object.defineProperty(Socket.prototype, "setNoDelay", own);
    }
    expect(nagle).to.deep.equal([true]);
  });

  it("logs in four times at once to a host, and the others after them", async () => {
    const busy = await serve({ password: "x", slowly: 50 });
    const connection = { hostKey: busy.hostKey, port: busy.port, password: "x" };
    await Promise.all(Array.from({ length: 12 }, () => open(connection)));
    expect(busy.connections()).to.equal(12);
    expect(busy.mostAtOnce()).to.equal(4);
  });

  it("says when nothing listens", async () => {
    const gone = await startServer({});
    await gone.close();
    expect((await refused({ ...pinned(), port: gone.port })).message).to.match(
      /^connection refused: no sshd on port \d+/,
    );
  });

  it("says when it is hung up on, as an sshd does that has too many log-ins", async () => {
    const curt = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    await once(curt, "listening");
    const { message } = await refused({ ...pinned(), port: (curt.address() as AddressInfo).port });
    curt.close();
    expect(message).to.match(
      /^it hung up without a word: too many log-ins at once there \(MaxStartups\), or no sshd \(/,
    );
  });

  it("runs commands and tells how they ended", async () => {
    const connection = await open({ ...pinned(), password: "pass word" });
    expect(await connection.run(["false"])).to.deep.equal({ code: 1, stdout: "'false'", stderr: "" });
  });
});
