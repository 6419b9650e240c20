import { expect } from "chai";
import type { Spec } from "@overlaynet/core";
import type { ReadRequest } from "@overlaynet/core/protocol";
import { targetOf } from "@overlaynet/core";
import { diffSnapshots, type Host, Lab, snapshot, type Snapshot, until } from "../hosts/index.js";
import { apply, container, neigh, overlay, owner, remove } from "../unit/agent/fixtures.js";
import { AgentSession, type Answer, installAgent } from "./agent-session.js";

const net = overlay({ storage: "/overlaynet/storage" });
const [red, green] = [container("red", 2), container("green", 4)];
const [pink, printer] = [container("pink", 3, { host: "b", vtep: "192.168.64.28" }), neigh("printer", 9)];
const all = [net, red, green, pink, printer];

function read(spec: Spec): Omit<ReadRequest, "id"> {
  const resource = spec.kind === "overlay" ? spec.overlay : spec.name;
  return { op: "read", owner: owner(resource), target: targetOf(spec) as ReadRequest["target"] };
}

const applyAll = (specs: readonly Spec[]): object[] => specs.map((spec) => apply(1, spec));
const result = (answer: Answer | undefined): unknown => (answer?.ok === true ? answer.result : answer?.error);
const nothingDone = { steps: 0, repaired: [] };

describe("the agent on a real host", function () {
  this.timeout(180_000);
  let lab: Lab;
  let host: Host;
  let untouched: Snapshot;
  let session: AgentSession;

  before(async () => {
    lab = await Lab.up({ name: "agent-test", hosts: 1 });
    host = lab.host("a");
    await host.ssh(["systemctl", "is-system-running", "--wait"]);
    // The first `ip netns add` leaves /run/netns mounted, which no one can avoid.
    await host.script("ip netns add first; ip netns del first");
    untouched = await snapshot(host);
    await installAgent(lab, host);
    session = new AgentSession(lab, host);
  });

  after(async () => {
    await session.end();
    await lab.down();
  });

  const ask = async (...requests: object[]): Promise<unknown[]> => (await session.ask(requests)).map(result);
  const evidence = async (): Promise<string> =>
    (await host.script("ip netns; ip -all netns exec ip -d link; journalctl -b -n 40 --no-pager -u 'overlaynet*'"))
      .stdout;
  const pings = async (from: string, ip: string): Promise<boolean> => {
    const argv = ["ip", "netns", "exec", from, "ping", "-c", "1", "-W", "1", ip];
    return (await host.ssh(argv, { reject: false })).exitCode === 0;
  };
  const driftOfAll = async (): Promise<unknown[]> =>
    (await ask(...all.map(read))).map((one) => (one as { drift: unknown }).drift);

  it("makes an overlay and its containers, and a second apply runs nothing", async () => {
    const first = await ask(...applyAll(all));
    expect(first.every((one) => (one as { steps: number }).steps > 0)).to.equal(true, JSON.stringify(first));
    expect(await pings("red", "7.7.7.4")).to.equal(true);
    expect(await ask(...applyAll(all))).to.eql(all.map(() => nothingDone));
    expect(await driftOfAll()).to.eql(all.map(() => []));
    const entries = await host.script("ip -n overns neigh show dev vxlan1; bridge -n overns fdb show dev vxlan1");
    expect(entries.stdout)
      .to.match(/7\.7\.7\.3 lladdr 02:42:07:07:07:03/)
      .and.match(/02:42:c0:a8:00:09 dst 192\.168\.64\.40/);
  });

  it("runs the resolver in the overlay's namespace, hardened", async () => {
    const { stdout } = await host.script(`
      systemd-analyze security --no-pager overlaynet-resolver@lab.service | tail -n 1
      ip netns identify "$(systemctl show -p MainPID --value overlaynet-resolver@lab.service)"`);
    const [exposure, namespace] = stdout.split("\n");
    expect(Number(/: ([\d.]+)/.exec(exposure ?? "")?.[1])).to.be.at.most(1.5);
    expect(namespace).to.equal("overns");
  });

  it("says in words what somebody changed, and mends it", async () => {
    await host.script("ip -n overns link set vxlan1 mtu 1400; rm /overlaynet/storage/arp/7.7.7.9");
    const drift = await driftOfAll();
    expect(drift[0]).to.eql(["vxlan1 mtu 1400, want 1450"]);
    expect(drift[4]).to.include("record arp/7.7.7.9 missing, want 02:42:c0:a8:00:09");
    expect(drift.slice(1, 4)).to.eql([[], [], []]);
    const [mended, , , , printerMended] = await ask(...applyAll(all));
    expect(mended).to.eql({ steps: 1, repaired: ["vxlan1 mtu 1400, want 1450"] });
    expect(printerMended).to.eql({ steps: 1, repaired: ["record arp/7.7.7.9 written"] });
    expect(await driftOfAll()).to.eql(all.map(() => []));
  });

  it("refuses what is not its own, by name, and leaves no trace", async () => {
    await host.script(`
      ip netns add blue
      ip netns add stranger
      ip link add vx7 netns stranger type vxlan id 77 dstport 4789`);
    const stranger = overlay({ overlay: "other", vni: 77, namespace: "ns77", storage: "/s" });
    const [blue, other, twice] = await ask(
      apply(1, container("blue", 5)),
      apply(1, stranger),
      apply(1, container("copper", 2)),
    );
    expect(blue).to.have.property("code", "refused");
    expect(blue)
      .to.have.property("message")
      .that.matches(/^namespace blue exists and belongs to nobody .* adopt: true/);
    expect(other)
      .to.have.property("message")
      .that.matches(/^VNI 77 on UDP port 4789 is in use by vxlan device vx7 in namespace stranger;/);
    expect(twice)
      .to.have.property("message")
      .that.matches(/^address 7\.7\.7\.2 in overlay "lab" is taken by container "red"/);
    const { stdout } = await host.script(
      "ls /var/lib/overlaynet /var/lib/overlaynet/lab/desired; ip netns; if [ -e /s ]; then ls /s; fi",
    );
    expect(stdout).not.to.match(/other|copper|container-blue|ns77/);
    await host.script("ip netns del blue; ip -n stranger link del vx7; ip netns del stranger");
  });

  it("swaps two addresses in one batch", async () => {
    const swapped = [container("red", 4), container("green", 2)];
    const answers = await ask(...swapped.map((spec) => apply(1, spec, {}, 2)));
    expect(answers.every((one) => (one as { steps: number }).steps > 0)).to.equal(true, JSON.stringify(answers));
    expect(await pings("red", "7.7.7.2")).to.equal(true);
    const stale = await ask(apply(1, red));
    expect(stale[0]).to.have.property("code", "stale");
    await ask(apply(1, red, {}, 3), apply(1, green, {}, 3));
    expect(await pings("red", "7.7.7.4")).to.equal(true);
  });

  it("finishes what a killed session began", async () => {
    const many = Array.from({ length: 30 }, (_, index) => container(`c${index}`, 100 + index));
    const doomed = new AgentSession(lab, host);
    // It lies in wait before the batch begins, which may be over within the time of a log-in.
    const killer = host.script(`
      touch /run/killer-waits
      until [ -e /run/netns/c3 ]; do if [ $SECONDS -gt 60 ]; then exit 1; fi; done
      pkill -9 -f 'overlaynet.cjs session' --newest
      rm /run/killer-waits`);
    const waits = ["test", "-e", "/run/killer-waits"];
    await until("the killer lies in wait", async () => (await host.ssh(waits, { reject: false })).exitCode === 0, {
      within: 20_000,
    });
    const answers = await doomed.ask(applyAll(many));
    await killer;
    expect(answers.every((answer) => !answer.ok)).to.equal(true, "the session was not killed in its batch");
    await doomed.ended;
    const again = await ask(...applyAll(many));
    expect(again.filter((one) => !("steps" in (one as object)))).to.eql([]);
    expect(await ask(...applyAll(many))).to.eql(many.map(() => nothingDone));
    expect(await pings("c0", "7.7.7.129")).to.equal(true);
    expect(new Set(await ask(...many.map((spec) => remove(1, spec))))).to.deep.equal(
      new Set(many.map(() => ({ removed: true }))),
    );
  });

  it("tells a waiter who holds the host", async () => {
    const holder = host.script(`
      exec 9<>/run/overlaynet/lock
      flock 9
      echo '{"holder":"shop/prod","pid":1,"since":"today"}' > /run/overlaynet/lock
      for ((tries = 0; tries < 100; tries++)); do if [ -e /run/go ]; then break; fi; sleep 0.05; done
      rm -f /run/go`);
    await until(
      "the lock is taken",
      async () => (await host.ssh(["grep", "-q", "prod", "/run/overlaynet/lock"], { reject: false })).exitCode === 0,
      { within: 5000 },
    );
    const asked = ask(apply(1, red, {}, 3));
    await until("the waiter is told", () => Promise.resolve(session.events.length > 0), { within: 5000 });
    expect(session.events).to.eql([{ event: "waiting", holder: "shop/prod (process 1)", since: "today" }]);
    await host.ssh(["touch", "/run/go"]);
    expect(await asked).to.eql([nothingDone]);
    await holder;
  });

  it("heals itself: a device, a namespace, a container's insides, a reboot", async () => {
    const heals = (what: string): Promise<boolean> =>
      until(
        what,
        async () => (await pings("red", "7.7.7.1")) && (await pings("red", "7.7.7.4")),
        { within: 30_000 },
        evidence,
      );
    const resolverIs = (what: string): Promise<boolean> =>
      until(
        what,
        async () => {
          const { stdout } = await host.script(`
          ip -n overns link show vxlan1
          ip netns identify "$(systemctl show -p MainPID --value overlaynet-resolver@lab.service)"`);
          return stdout.endsWith("overns");
        },
        { within: 30_000 },
        evidence,
      );
    const deviceIsBack = async (): Promise<boolean> =>
      (await host.ssh(["ip", "-n", "overns", "link", "show", "vxlan1"], { reject: false })).exitCode === 0;
    await host.ssh(["ip", "-n", "overns", "link", "del", "vxlan1"]);
    await until("the device comes back", deviceIsBack, { within: 30_000 }, evidence);
    await resolverIs("the resolver is back");
    await host.ssh(["ip", "netns", "del", "overns"]);
    await until("the namespace comes back", deviceIsBack, { within: 30_000 }, evidence);
    await resolverIs("the resolver is in the new namespace");
    await heals("containers are attached again");
    // A process inside keeps the namespace alive without its name, and with it the VNI.
    await host.script("systemd-run --quiet --unit=holder ip netns exec overns sleep infinity; ip netns del overns");
    await until("the namespace comes back although the old one is held", deviceIsBack, { within: 30_000 }, evidence);
    await resolverIs("the resolver is in the newest namespace");
    await host.ssh(["systemctl", "stop", "holder"]);
    await host.ssh(["ip", "-n", "red", "addr", "flush", "dev", "eth0"]);
    await host.ssh(["systemctl", "start", "overlaynet-ensure@lab.service"]);
    await heals("the address is back");
    await session.end();
    await host.reboot();
    await heals("all is back after a reboot");
    await resolverIs("the resolver runs");
    session = new AgentSession(lab, host);
    expect(await driftOfAll()).to.eql(all.map(() => []));
  });

  it("keeps the overlay while containers are there, and dismantles a leaving host with its last one", async () => {
    const guest = apply(1, container("guest", 30), { stack: "prod" });
    expect((await ask(guest))[0]).to.have.property("steps");
    const [refused] = await ask(remove(1, net, {}, 9));
    expect(refused)
      .to.have.property("message")
      .that.matches(/has containers on this host: "guest" \(resource "guest" of shop\/prod\); remove them first/);
    expect(await ask(remove(1, container("guest", 30), { stack: "prod" }))).to.eql([{ removed: true }]);
    const leaving = overlay({ storage: "/overlaynet/storage", leaving: true });
    expect(await ask(apply(1, leaving, {}, 2))).to.eql([nothingDone]);
    expect((await ask(apply(1, container("late", 8))))[0])
      .to.have.property("message")
      .that.matches(/takes no new containers/);
    expect(await ask(remove(1, red, {}, 9))).to.eql([{ removed: true }]);
    expect(await ask(remove(1, green, {}, 9))).to.eql([{ removed: true }]);
    await session.end();
    expect(diffSnapshots(untouched, await snapshot(host))).to.equal("");
  });

  it("leaves a fresh host as it was when all was refused", async () => {
    await installAgent(lab, host);
    session = new AgentSession(lab, host);
    await host.script("ip link add vx42 type vxlan id 42 dstport 4789");
    const [refused, orphan] = await ask(apply(1, net), apply(1, red));
    expect(refused)
      .to.have.property("message")
      .that.matches(/in use by vxlan device vx42 in the host's own network namespace/);
    expect(orphan)
      .to.have.property("message")
      .that.matches(/overlay "lab" is not on this host/);
    await session.end();
    await host.ssh(["ip", "link", "del", "vx42"]);
    expect(diffSnapshots(untouched, await snapshot(host))).to.equal("");
  });

  it("leaves the host as it was, and people's own records", async () => {
    await installAgent(lab, host);
    session = new AgentSession(lab, host);
    const made = await ask(...applyAll(all));
    expect(made.filter((one) => !("steps" in (one as object)))).to.eql([]);
    await host.script("echo 02:42:c0:a8:00:07 > /overlaynet/storage/arp/7.7.7.7");
    expect(await ask(...[red, green, pink, printer].map((spec) => remove(1, spec)))).to.eql(
      [red, green, pink, printer].map(() => ({ removed: true })),
    );
    expect(await ask(remove(1, net))).to.eql([{ removed: true }]);
    await session.end();
    expect((await host.ssh(["cat", "/overlaynet/storage/arp/7.7.7.7"])).stdout).to.equal("02:42:c0:a8:00:07");
    await host.ssh(["rm", "-r", "/overlaynet"]);
    expect(diffSnapshots(untouched, await snapshot(host))).to.equal("");
  });
});
