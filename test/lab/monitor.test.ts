import { MonitorDocument } from "@overlaynet/cli/document/monitor";
import { expect } from "chai";
import { Stack, succeeded } from "../checks/stack.js";
import { mainJob } from "../checks/topology.js";
import { type Host, Lab, until } from "../hosts/index.js";
import type { Command } from "../hosts/command.js";

/** Milliseconds for what a busy machine may need. */
const SOON = 30_000;

/** `overlaynet monitor` over a real stack: what kernels really ask, and what resolvers really answer. */
describe("the misses of a stack's hosts", function () {
  this.timeout(300_000);

  let lab: Lab;
  let stack: Stack;
  let a: Host;
  let b: Host;

  before(async () => {
    lab = await Lab.up({ name: "monitor", hosts: 2 });
    [a, b] = [lab.host("a"), lab.host("b")];
    stack = await Stack.create(lab, "monitor");
    const topology = mainJob(lab);
    const { lab: overlay } = topology.overlays;
    await stack.declare({ ...topology, overlays: { lab: { ...overlay!, resolve: "miss" } } });
    succeeded("up", await stack.up());
  });
  after(() => Lab.down("monitor"));

  /** The command while it runs, and what it has told so far. */
  class Monitor {
    readonly command: Command;
    #text = "";

    constructor(...options: string[]) {
      this.command = stack.startOverlaynet(["monitor", ...options]);
      this.command.stdout.on("data", (chunk: Buffer) => (this.#text += chunk.toString("utf8")));
    }

    get text(): string {
      return this.#text;
    }

    get events(): MonitorDocument[] {
      const lines = this.#text.split("\n").slice(0, -1);
      return lines.map((line) => MonitorDocument.parse(JSON.parse(line)));
    }

    /** Waits until as many resolvers are listened to. */
    async begun(count = 2): Promise<this> {
      await this.until(`${count} are listened to`, () => this.#text.match(/listened to/g)?.length === count);
      return this;
    }

    until(what: string, is: () => boolean): Promise<unknown> {
      return until(
        what,
        () => Promise.resolve(is()),
        { within: SOON },
        () => Promise.resolve(this.#text),
      );
    }

    /** Ends it as Ctrl-C does, and answers its exit status. */
    async end(): Promise<number | undefined> {
      this.command.kill("SIGINT");
      return (await this.command).exitCode;
    }
  }

  /** Has a container ask for an address that it does not know; the answer does not matter. */
  function ask(host: Host, container: string, ip: string): Promise<unknown> {
    return host.script(
      `ip -n ${container} neigh flush all; ip netns exec ${container} ping -c 1 -W 1 ${ip} >/dev/null || echo no answer`,
    );
  }

  /** The resolver's entries are gone, so that the next packet is a miss. */
  function forget(host: Host): Promise<unknown> {
    return host.script("systemctl restart overlaynet-resolver@lab; ip -n overns neigh flush dev vxlan1 nud permanent");
  }

  it("are told as they happen, of all hosts in order of time, with what was answered", async () => {
    await Promise.all([forget(a), forget(b)]);
    const monitor = await new Monitor("--json").begun();
    await ask(a, "red", "7.7.7.3");
    await ask(b, "pink", "7.7.7.4");
    await ask(a, "red", "7.7.7.99");
    const misses = (): MonitorDocument[] => monitor.events.filter(({ event }) => event === "miss");
    const of = (ip: string): MonitorDocument | undefined => misses().find(({ miss }) => miss?.address === ip);
    await monitor.until("all three are told", () => ["7.7.7.3", "7.7.7.4", "7.7.7.99"].every((ip) => of(ip)));
    expect(await monitor.end()).to.equal(0);

    const [pink, green, nobody] = ["7.7.7.3", "7.7.7.4", "7.7.7.99"].map(of);
    expect(pink).to.include({ host: "a", overlay: "lab" });
    expect(pink!.miss).to.include({
      layer: "l3",
      device: "vxlan1",
      answer: "answered",
      from: "memory",
      mac: "02:42:07:07:07:03",
      vtep: "192.168.64.28",
      replied: true,
    });
    expect(pink!.miss!.microseconds).to.be.within(1, 1_000_000);
    expect(pink!.miss).not.to.have.property("message");
    expect(green).to.include({ host: "b" });
    expect(nobody!.miss).to.include({ answer: "unknown", from: "file", replied: false });
    const times = misses().map(({ time }) => time);
    expect(times).to.deep.equal([...times].sort());
    expect([pink, green, nobody].map((one) => misses().indexOf(one!))).to.deep.equal(
      [pink, green, nobody].map((one) => misses().indexOf(one!)).sort((x, y) => x - y),
    );
  });

  it("are told with every part of the kernel's message, about one container, and no more than asked for", async () => {
    await forget(a);
    const monitor = await new Monitor("--raw", "--container", "pink", "--kind", "l3", "--count", "1").begun();
    await ask(a, "red", "7.7.7.98");
    await ask(a, "red", "7.7.7.3");
    const { exitCode } = await monitor.command;
    expect(exitCode).to.equal(0);
    const index = (await a.script("ip netns exec overns cat /sys/class/net/vxlan1/ifindex")).stdout;
    expect(monitor.text).not.to.contain("7.7.7.98");
    const line =
      /^\d\d:\d\d:\d\d\.\d{6} {2}a {5}lab {7}l3 {4}7\.7\.7\.3 {12}vxlan1 {4}02:42:07:07:07:03 at 192\.168\.64\.28 +memory, ARP reply +\d+ µs/m;
    expect(monitor.text).to.match(line);
    expect(monitor.text).to.contain(
      `    RTM_GETNEIGH, flags 0; family AF_INET; ifindex ${index} (vxlan1); state NUD_STALE; flags 0; type 1\n`,
    );
    expect(monitor.text)
      .to.match(/^ {6}NDA_DST +7\.7\.7\.3$/m)
      .and.to.match(/^ {6}NDA_VNI +16777216$/m);
  });

  it("are told only where nobody answered, for as long as asked", async () => {
    await forget(a);
    const monitor = await new Monitor("--json", "--unanswered", "--for", "8").begun();
    await ask(a, "red", "7.7.7.3");
    await ask(a, "red", "7.7.7.97");
    const { exitCode } = await monitor.command;
    const misses = monitor.events.filter(({ event }) => event === "miss");
    expect(new Set(misses.map(({ miss }) => miss?.address))).to.deep.equal(new Set(["7.7.7.97"]));
    expect(exitCode).to.equal(0);
  });

  it("are told on a host for itself", async () => {
    let heard = false;
    const here = a.script("overlaynet monitor --json --count 1").finally(() => (heard = true));
    await until(
      "it listens and hears",
      async () => {
        await ask(a, "red", "7.7.7.96");
        return heard;
      },
      { within: SOON },
    );
    const lines = (await here).stdout.split("\n").map((line) => MonitorDocument.parse(JSON.parse(line)));
    expect(lines.map(({ event }) => event)).to.deep.equal(["following", "miss"]);
  });

  it("go on when a resolver is killed, which is told, and when a host is lost", async () => {
    const monitor = await new Monitor("--json").begun();
    const happened = (event: MonitorDocument["event"], host: string): number =>
      monitor.events.filter((one) => one.event === event && one.host === host).length;
    await a.script("systemctl kill --signal=KILL overlaynet-resolver@lab");
    await monitor.until("it is down", () => happened("down", "a") === 1);
    await monitor.until("it is listened to again", () => happened("following", "a") === 2);
    await ask(a, "red", "7.7.7.95");
    await monitor.until("its miss is told", () => happened("miss", "a") > 0);

    await b.powerOff();
    await monitor.until("b is lost", () => happened("lost", "b") === 1);
    const before = happened("miss", "a");
    await ask(a, "red", "7.7.7.94");
    await monitor.until("a's misses are told", () => happened("miss", "a") > before);
    expect(await monitor.end()).to.equal(3);
  });
});
