import { expect } from "chai";
import { expectNoChange } from "../checks/main-job.js";
import { expectEveryPairPings } from "../checks/network.js";
import { type Operation, type Outcome, Stack, succeeded } from "../checks/stack.js";
import { type ContainerArguments, hostArguments, mainJob, type Topology } from "../checks/topology.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { type Host, Lab, type Snapshot, until } from "../hosts/index.js";

/** Milliseconds for what a busy machine may need. */
const SOON = 60_000;

/** Stops the session of a stack that holds the host's lock, in the middle of its batch, and prints its number. */
const holdScript = `
  lock=/run/overlaynet/lock
  for ((tries = 0; tries < 6000; tries++)); do
    pid=$(sed -nE "s#.*\\"holder\\":\\"$1\\",\\"pid\\":([0-9]+).*#\\1#p" $lock 2>/dev/null) || pid=
    if [ -n "$pid" ] && kill -STOP "$pid" 2>/dev/null; then
      if ! flock --nonblock $lock true; then echo "$pid"; exit 0; fi
      kill -CONT "$pid"
    fi
    sleep 0.01
  done
  exit 1`;

/** Waits for something on the host, as closely as a shell can. */
const untilThere = (path: string): string =>
  `for ((tries = 0; tries < 6000; tries++)); do if [ -e ${path} ]; then exit 0; fi; sleep 0.01; done; exit 1`;

describe("an up that is interrupted", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let stack: Stack;
  let topology: Topology;
  let untouched: readonly Snapshot[];

  before(async () => {
    lab = await Lab.up({ name: "interrupts", hosts: 2 });
    // The first `ip netns add` leaves /run/netns mounted, which no one can avoid.
    for (const host of lab.hosts) await host.script("ip netns add first; ip netns del first");
    untouched = await snapshots(lab.hosts);
    stack = await Stack.create(lab, "interrupts");
  });
  after(() => Lab.down("interrupts"));

  async function declare(next: Topology): Promise<void> {
    topology = next;
    await stack.declare(next);
  }

  function row(length: number, from: number): Record<string, ContainerArguments> {
    return Object.fromEntries(
      Array.from({ length }, (_, index) => {
        const host = index % 2 === 0 ? "a" : "b";
        return [`c${from + index}`, { overlay: "lab", host, ip: `7.7.7.${from + index}` }];
      }),
    );
  }

  const withContainers = (change: Topology["containers"]): Topology => ({
    ...topology,
    containers: { ...topology.containers, ...change },
  });

  const withOverlay = (change: Record<string, unknown>): Topology => ({
    ...topology,
    overlays: { lab: { ...topology.overlays["lab"]!, ...change } },
  });

  function startUp(one = stack): Operation {
    return one.start(["up", "--yes", "--skip-preview", "--diff"]);
  }

  /** The number of the session that a stack's batch is stopped in; it goes on with {@link go}. */
  async function hold(host: Host, holder: string): Promise<string> {
    const argv = ["bash", "-euo", "pipefail", "-s", holder];
    return (await host.ssh(argv, { input: holdScript, timeout: SOON })).stdout;
  }

  const go = async (host: Host, pid: string): Promise<void> => {
    await host.ssh(["kill", "-CONT", pid]);
  };

  const failed = ({ ok, output }: Outcome): string => {
    expect(ok, output).to.equal(false);
    return output;
  };

  it("by a full disk while the agent is put on a host: another one finishes it", async () => {
    const [a, b] = [lab.host("a"), lab.host("b")];
    await a.script("mkdir -p /usr/local/lib/overlaynet; mount -t tmpfs -o size=8m small /usr/local/lib/overlaynet");
    await declare(mainJob(lab));
    expect(failed(await stack.up())).to.match(/a \(192\.168\.64\.27\): install: .*[Nn]o space left/);
    await expectUntouched([b], [untouched[1]!], "after an up that another host failed");
    await a.script("umount /usr/local/lib/overlaynet; rmdir /usr/local/lib/overlaynet");
    await expectUntouched([a], [untouched[0]!], "after a full disk");
  });

  it("by Ctrl-C while the overlay is made: another one finishes it", async () => {
    const up = startUp();
    await lab.host("a").script(untilThere("/run/netns/overns"), { timeout: SOON });
    up.command.kill("SIGINT");
    failed(await up.outcome);
    succeeded("up", await stack.up());
    await expectEveryPairPings(lab, topology, { count: 1 });
  });

  it("by Ctrl-C twice while containers are made: another one finishes it", async () => {
    await declare(withContainers(row(12, 20)));
    const up = startUp();
    await lab.host("a").script(untilThere("/run/netns/c20"), { timeout: SOON });
    up.command.kill("SIGINT");
    up.command.kill("SIGINT");
    failed(await up.outcome);
    succeeded("up", await stack.up());
    await expectNoChange(stack);
    await expectEveryPairPings(lab, { ...topology, containers: row(3, 20) }, { count: 1 });
  });

  it("by the death of the engine: its lock is cancelled, and another one finishes it", async () => {
    const { c20: _c20, ...rest } = topology.containers;
    await declare({ ...topology, containers: { ...rest, ...row(12, 40) } });
    const up = startUp();
    await lab.host("a").script(untilThere("/run/netns/c40"), { timeout: SOON });
    up.command.kill("SIGKILL");
    failed(await up.outcome);
    succeeded("cancel", await stack.pulumi(["cancel", "--yes"]));
    expect(succeeded("up", await stack.up()).output).to.match(/pending operations from previous deployment/);
    succeeded("refresh", await stack.refresh("--clear-pending-creates", "--expect-no-changes"));
    expect(succeeded("preview", await stack.preview("--expect-no-changes")).output).not.to.match(/pending operations/);
    const { stdout } = await lab.host("a").ssh(["ls", "/run/netns"]);
    expect(stdout.split("\n")).not.to.include("c20");
  });

  it("never: of two at once, from two stacks, one waits and says for whom", async () => {
    const other = await Stack.create(lab, "second");
    const second = { vni: 43, cidr: "8.8.8.0/24", gateway: "8.8.8.1", hosts: hostArguments(lab) };
    await other.declare({ overlays: { second }, containers: {} });
    await declare(withOverlay({ mtu: 1400 }));
    const a = lab.host("a");
    const first = startUp();
    const pid = await hold(a, "interrupts/test");
    const waiting = startUp(other);
    const sentence = `a (${a.address}): waits for the host's lock, held by interrupts/test (process ${pid}) since `;
    await until("the second says for whom it waits", () => Promise.resolve(waiting.printed().includes(sentence)), {
      within: SOON,
    });
    await go(a, pid);
    succeeded("the first up", await first.outcome);
    succeeded("the second up", await waiting.outcome);
    succeeded("destroy of the second", await other.destroy());
  });

  it("by timeouts.operation, when a host does not answer in time: another one finishes it", async () => {
    const b = lab.host("b");
    const slow = { overlay: "lab", host: "b", ip: "7.7.7.60", timeouts: { operation: 2 } };
    await declare(withContainers({ slow }));
    const up = startUp();
    const pid = await hold(b, "interrupts/test");
    const output = failed(await up.outcome);
    expect(output).to.contain(`b (${b.address}): apply: no answer within 2 s; run it again to finish`);
    await go(b, pid);
    succeeded("up", await stack.up());
    await expectNoChange(stack);
  });

  it("by timeouts.connect, when a host takes the connection and says nothing", async () => {
    const b = lab.host("b");
    await b.ssh([
      "systemd-run",
      "--collect",
      "--unit=silent",
      "socat",
      "-u",
      "TCP-LISTEN:2222,fork,reuseaddr",
      "OPEN:/dev/null",
    ]);
    const hosts = hostArguments(lab);
    const silent = { ...hosts["b"]!, connection: { ...hosts["b"]!.connection, port: 2222 } };
    const before = topology;
    await declare(withOverlay({ mtu: 1390, timeouts: { connect: 2 }, hosts: { ...hosts, b: silent } }));
    // Of the overlay alone: containers cannot do without their own host, it can.
    expect(succeeded("up", await stack.up("--target", "**Overlay::lab")).output).to.contain(
      `b (${b.address}): connect: no connection within 2 s, which is the limit of timeouts.connect (root@${b.address}:2222)`,
    );
    await b.ssh(["systemctl", "stop", "silent.service"]);
    await declare(before);
    succeeded("up", await stack.up());
  });

  it("by a full disk when a host is asked for something: nothing is changed, another one finishes it", async () => {
    const a = lab.host("a");
    await a.script(`
      mv /var/lib/overlaynet /var/lib/kept; mkdir /var/lib/overlaynet
      mount -t tmpfs -o size=512k small /var/lib/overlaynet
      cp -a /var/lib/kept/. /var/lib/overlaynet/; rm -r /var/lib/kept
      dd if=/dev/zero of=/var/lib/overlaynet/ballast 2>/dev/null || test $? = 1`);
    await declare(withContainers({ late: { overlay: "lab", host: "a", ip: "7.7.7.61" } }));
    expect(failed(await stack.up())).to.match(
      /a \(192\.168\.64\.27\): apply: \/var\/lib\/overlaynet\/lab\/desired\S* cannot be written: there is no space left; make room/,
    );
    expect((await a.ssh(["ls", "/run/netns"])).stdout).not.to.contain("late");
    await a.script("rm /var/lib/overlaynet/ballast");
    succeeded("up", await stack.up());
    await expectNoChange(stack);
  });

  it("is destroyed from what it recorded, and leaves the hosts as they were", async () => {
    const b = lab.host("b");
    await declare(withContainers({ part: { overlay: "lab", host: "b", ip: "7.7.7.62", timeouts: { operation: 2 } } }));
    const up = startUp();
    const pid = await hold(b, "interrupts/test");
    failed(await up.outcome);
    await go(b, pid);
    const { deployment } = JSON.parse(await stack.export()) as {
      deployment: { resources: { urn: string; outputs?: Record<string, unknown>; initErrors?: string[] }[] };
    };
    const part = deployment.resources.find(({ urn }) => urn.endsWith("::part"));
    expect(part?.initErrors?.join()).to.match(/no answer within 2 s/);
    expect(part?.outputs).to.include({ name: "part" }).and.to.have.property("__provider").that.is.a("string");
    succeeded("destroy", await stack.destroy());
    await lab.host("a").script("umount /var/lib/overlaynet; rmdir /var/lib/overlaynet");
    await expectUntouched(lab.hosts, untouched, "after destroy");
  });
});
