import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { expectNoChange } from "../checks/main-job.js";
import { expectEveryPairPings, expectNoPing, expectPings, members } from "../checks/network.js";
import { Stack, succeeded } from "../checks/stack.js";
import { hostArguments, mainJob, type Topology } from "../checks/topology.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { Lab, type Snapshot, diffSnapshots, snapshot } from "../hosts/index.js";

/** What happens to resources after they were made: edits, moves, hosts that come, go and die, changes by hand. */
describe("the life of a stack on three hosts", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let stack: Stack;
  let topology: Topology;
  let untouched: readonly Snapshot[];

  before(async () => {
    lab = await Lab.up({ name: "lifecycle", hosts: 3 });
    untouched = await snapshots(lab.hosts);
    stack = await Stack.create(lab, "lifecycle");
  });
  after(() => Lab.down("lifecycle"));

  async function up(next: Topology): Promise<string> {
    topology = next;
    await stack.declare(next);
    return succeeded("up", await stack.up()).output;
  }

  function withContainers(change: Topology["containers"]): Topology {
    return { ...topology, containers: { ...topology.containers, ...change } };
  }

  function withOverlay(change: Record<string, unknown>): Topology {
    return { ...topology, overlays: { lab: { ...topology.overlays["lab"]!, ...change } } };
  }

  it("begins on two hosts", async () => {
    await up(mainJob(lab, { hosts: hostArguments(lab, ["a", "b"]) }));
    await expectEveryPairPings(lab, topology);
  });

  it("takes a third host in, which is told of all containers", async () => {
    await up(withOverlay({ hosts: hostArguments(lab) }));
    await up(withContainers({ blue: { overlay: "lab", host: "c", ip: "7.7.7.5" } }));
    await expectEveryPairPings(lab, topology);
    await expectNoChange(stack);
  });

  it("shows what somebody changed by hand, in words, and mends it", async () => {
    await lab.host("b").ssh(["ip", "-n", "pink", "link", "set", "eth0", "mtu", "1300"]);
    const refreshed = succeeded("refresh", await stack.refresh());
    expect(refreshed.output).to.match(/drift/);
    expect(refreshed.output).to.match(/b\s*: ".*eth0.*1300.*1450/);
    const preview = succeeded("preview", await stack.preview());
    expect(preview.output).to.match(/- drift/);
    succeeded("up", await stack.up());
    const { stdout } = await lab.host("b").ssh(["ip", "-n", "pink", "link", "show", "eth0"]);
    expect(stdout).to.contain("mtu 1450");
    await expectNoChange(stack);
  });

  it("changes what it can in place", async () => {
    await up(withOverlay({ mtu: 1400 }));
    await up(withContainers({ pink: { overlay: "lab", host: "b", ip: "7.7.7.33", mac: "02:42:c0:a8:00:04" } }));
    await expectEveryPairPings(lab, topology, { payload: 1400 - 28 });
    await expectNoChange(stack);
  });

  it("moves a container", async () => {
    const output = await up(withContainers({ green: { overlay: "lab", host: "b", ip: "7.7.7.4" } }));
    expect(output).to.match(/~ pulumi-nodejs:dynamic\/overlaynet:Container: \(update\)/);
    await expectEveryPairPings(lab, topology);
    const { stdout } = await lab.host("a").ssh(["ip", "netns", "list"]);
    expect(stdout).not.to.contain("green");
    await expectNoChange(stack);
  });

  it("swaps two addresses in one up", async () => {
    await up(
      withContainers({
        red: { overlay: "lab", host: "a", ip: "7.7.7.4" },
        green: { overlay: "lab", host: "b", ip: "7.7.7.2" },
      }),
    );
    await expectEveryPairPings(lab, topology);
    await expectNoChange(stack);
  });

  it("goes on without a dead host, and tells it when it is back", async () => {
    await lab.host("c").powerOff();
    const output = await up(withContainers({ teal: { overlay: "lab", host: "a", ip: "7.7.7.6" } }));
    expect(output).to.match(/warning: c \(192\.168\.64\.29\): connect:/);
    const teal = members(lab, topology).find(({ name }) => name === "teal")!;
    await expectPings(teal, { name: "pink", ip: "7.7.7.33" });
    expect((await stack.refresh()).output).to.match(/c \(192\.168\.64\.29\): connect:/);
    await lab.host("c").powerOn();
    succeeded("up", await stack.up());
    await expectEveryPairPings(lab, topology);
    await expectNoChange(stack);
  });

  it("moves a container off a dead host, where it does not come back to life", async () => {
    await lab.host("c").powerOff();
    await up(withContainers({ blue: { overlay: "lab", host: "a", ip: "7.7.7.5" } }));
    const blue = members(lab, topology).find(({ name }) => name === "blue")!;
    await expectPings(blue, { name: "pink", ip: "7.7.7.33" });
    await lab.host("c").powerOn();
    succeeded("up", await stack.up());
    await expectEveryPairPings(lab, topology);
    const { stdout } = await lab.host("c").ssh(["ip", "netns", "list"]);
    expect(stdout).not.to.contain("blue");
    await expectNoChange(stack);
  });

  it("gives a host up together with its containers, in one edit", async () => {
    await up(withContainers({ teal: { overlay: "lab", host: "c", ip: "7.7.7.6" } }));
    const { teal: _teal, ...rest } = topology.containers;
    await up({ ...withOverlay({ hosts: hostArguments(lab, ["a", "b"]) }), containers: rest });
    expect(diffSnapshots(untouched[2]!, await snapshot(lab.host("c"))), "host c").to.equal("");
    await expectEveryPairPings(lab, topology);
    await expectNoChange(stack);
  });

  it("goes by another user, who is root by sudo, and by a jump host, and touches no host for that", async () => {
    const { a, b } = hostArguments(lab, ["a", "b"]) as Record<"a" | "b", { address: string; connection: object }>;
    const generations = async (): Promise<string[]> =>
      ((await stack.export()).match(/"generation": \d+/g) ?? []).sort();
    const before = await generations();
    const proxy = { host: a.address, ...a.connection };
    const hosts = {
      a: { ...a, connection: { ...a.connection, user: "vagrant" } },
      b: { ...b, connection: { ...b.connection, proxy } },
    };
    await up(withOverlay({ hosts }));
    expect(await generations()).to.deep.equal(before);
    await expectNoChange(stack);
    await up(withContainers({ teal: { overlay: "lab", host: "b", ip: "7.7.7.6" } }));
    await expectEveryPairPings(lab, topology);
    await expectNoPing(members(lab, topology)[0]!, "7.7.7.99");
  });

  it("goes by a user whom sudo allows sessions only", async () => {
    const host = lab.host("a");
    const rule = "vagrant ALL=(root) NOPASSWD: /usr/local/bin/overlaynet session";
    await host.script(`mv /etc/sudoers.d/vagrant /root/rule; echo '${rule}' > /etc/sudoers.d/vagrant`);
    try {
      await up(withOverlay({ mtu: 1390 }));
      await expectNoChange(stack);
    } finally {
      await host.script("mv /root/rule /etc/sudoers.d/vagrant");
    }
  });

  it("is finished by another up when sessions were killed on the way", async () => {
    const more = {
      cyan: { overlay: "lab", host: "b", ip: "7.7.7.40" },
      grey: { overlay: "lab", host: "a", ip: "7.7.7.41" },
    };
    topology = withContainers(more);
    await stack.declare(topology);
    // The moment it appears, the first session and the one that comes after it.
    const kill = `timeout 60 sh -c 'n=0; until [ $n = 2 ]; do pkill -9 -f "overlaynet[.]cjs session" && n=$((n+1)); done'`;
    const [interrupted] = await Promise.all([
      stack.up(),
      ...lab.hosts.slice(0, 2).map((host) => host.script(kill, { timeout: 90_000 })),
    ]);
    expect(interrupted.output).not.to.match(/Unexpected struct type|code must be a string/);
    succeeded("up", await stack.up());
    await expectEveryPairPings(lab, topology);
    await expectNoChange(stack);
  });

  it("keeps an inline key out of state, output and hosts", async () => {
    const key = await readFile(lab.privateKeyPath, "utf8");
    const canary = key.split("\n")[2]!;
    const { a, b } = hostArguments(lab, ["a", "b"]) as Record<"a" | "b", { address: string; connection: object }>;
    const { user, hostKey } = b.connection as { user: string; hostKey: string };
    await stack.declare(withOverlay({ hosts: { a, b: { ...b, connection: { user, hostKey, privateKey: key } } } }));
    const preview = succeeded("preview", await stack.preview());
    topology = withOverlay({ hosts: { a, b: { ...b, connection: { user, hostKey, privateKey: key, port: 2222 } } } });
    await stack.declare(topology);
    const failed = await stack.refresh();
    const changed = succeeded("up", await stack.up());
    const broken = await stack.refresh();
    expect(broken.ok).to.equal(false);
    for (const text of [preview.output, failed.output, changed.output, broken.output, await stack.export()]) {
      expect(text).not.to.contain(canary);
    }
    await up(withOverlay({ hosts: { a, b: { ...b, connection: { user, hostKey, privateKey: key } } } }));
    for (const host of lab.hosts.slice(0, 2)) {
      const found = await host.ssh(["grep", "-rlF", canary, "/var/lib/overlaynet", "/run/overlaynet", "/usr/local"], {
        reject: false,
      });
      expect(found.stdout).to.equal("");
    }
  });

  it("leaves the hosts as they were", async () => {
    succeeded("destroy", await stack.destroy());
    await expectUntouched(lab.hosts, untouched, "after destroy");
  });
});
