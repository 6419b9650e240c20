import { expect } from "chai";
import { makeKey } from "../hosts/seed.js";
import { join } from "node:path";
import { Stack, succeeded } from "../checks/stack.js";
import { type Topology, mainJob } from "../checks/topology.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { Lab, type Snapshot } from "../hosts/index.js";

/** Bad input gives one sentence with host, cause and mend, and leaves the hosts untouched. */
describe("bad input", function () {
  this.timeout(300_000);

  let lab: Lab;
  let stack: Stack;
  let untouched: readonly Snapshot[];

  before(async () => {
    lab = await Lab.up({ name: "input", hosts: 2 });
    // Its traces in /etc stay after the account is gone, so it is there from the start.
    await lab
      .host("b")
      .script(
        "useradd -m plain; cd ~plain; install -d -m 700 -o plain .ssh; install -m 600 -o plain ~root/.ssh/authorized_keys .ssh/",
      );
    untouched = await snapshots(lab.hosts);
    stack = await Stack.create(lab, "input");
  });
  after(() => Lab.down("input"));

  /** Declares a topology, expects `up` to fail with a sentence that matches, and a later destroy to leave nothing. */
  async function expectRefusal(topology: Topology, ...sentences: RegExp[]): Promise<void> {
    await stack.declare(topology);
    const outcome = await stack.up();
    expect(outcome.ok, outcome.output).to.equal(false);
    for (const sentence of sentences) expect(outcome.output).to.match(sentence);
    expect(outcome.output, "a stack trace is not for users").not.to.match(/^\s+at .+\.js:\d+/m);
    succeeded("destroy", await stack.destroy());
    await expectUntouched(lab.hosts, untouched, "after destroy");
  }

  function withContainer(name: string, args: Record<string, unknown>): Topology {
    const plain = mainJob(lab);
    return {
      ...plain,
      containers: { ...plain.containers, [name]: { overlay: "lab", host: "a", ip: "7.7.7.20", ...args } },
    };
  }

  function withConnection(change: Record<string, unknown>, address?: string): Topology {
    const plain = mainJob(lab);
    const hosts = plain.overlays["lab"]!.hosts;
    const b = { address: address ?? hosts["b"]!.address, connection: { ...hosts["b"]!.connection, ...change } };
    return { overlays: { lab: { ...plain.overlays["lab"]!, hosts: { ...hosts, b } } }, containers: {} };
  }

  it("an address outside the overlay's network", () =>
    expectRefusal(withContainer("blue", { ip: "7.7.8.2" }), /ip: expected .*7\.7\.7\.0\/24.* got "?7\.7\.8\.2/));

  it("the gateway's address, a bad MAC and an unknown argument, all told at once", () =>
    expectRefusal(
      withContainer("blue", { ip: "7.7.7.1", mac: "03:42:07:07:07:14", colour: "blue" }),
      /ip: .*gateway/,
      /mac: .*multicast/,
      /colour/,
    ));

  it("an unknown host", () => expectRefusal(withContainer("blue", { host: "z" }), /host: .*\ba\b.*\bb\b.*got "?z/));

  it("the same address twice", () =>
    expectRefusal(withContainer("blue", { ip: "7.7.7.2" }), /7\.7\.7\.2 .*red|7\.7\.7\.2 .*blue/));

  it("a key that the host does not know", async () => {
    const key = join(lab.stateDir, "stranger");
    await makeKey(key, "a stranger's key");
    await expectRefusal(withConnection({ privateKeyPath: key }), /b \(192\.168\.64\.28\).*authenticat/i);
  });

  it("a host key that is not the pinned one", () =>
    expectRefusal(
      withConnection({ hostKey: lab.host("a").hostKey }),
      /b \(192\.168\.64\.28\).*host key.*expected SHA256:\S+.*got SHA256:/i,
    ));

  it("a host that is down", () =>
    expectRefusal(withConnection({ dialErrorLimit: 1, perDialTimeout: 3 }, "192.168.64.99"), /b \(192\.168\.64\.99\)/));

  it("a user who may not become root", () =>
    expectRefusal(withConnection({ user: "plain" }), /b \(192\.168\.64\.28\).*sudo/));

  it("a VNI that another device uses on the same port", async () => {
    const host = lab.host("b");
    await host.script(
      "ip netns add somebody; ip link add vx-001001 netns somebody type vxlan id 42 dstport 4789 local 192.168.64.28",
    );
    try {
      await stack.declare(mainJob(lab));
      const { ok, output } = await stack.up();
      expect(ok, output).to.equal(false);
      expect(output).to.match(/b \(192\.168\.64\.28\).*VNI 42.*4789.*vx-001001.*somebody/);
      succeeded("destroy", await stack.destroy());
      await host.ssh(["ip", "-n", "somebody", "link", "show", "vx-001001"]);
    } finally {
      await host.script("ip -n somebody link del vx-001001; ip netns del somebody");
    }
    await expectUntouched(lab.hosts, untouched, "after destroy");
  });

  it("a namespace of that name that is somebody else's", async () => {
    const host = lab.host("a");
    await host.script("ip netns add red; ip -n red link add precious type bridge");
    try {
      await stack.declare(mainJob(lab));
      const { ok, output } = await stack.up();
      expect(ok, output).to.equal(false);
      expect(output).to.match(/a \(192\.168\.64\.27\).*namespace red/);
      succeeded("destroy", await stack.destroy());
      await host.ssh(["ip", "-n", "red", "link", "show", "precious"]);
    } finally {
      await host.ssh(["ip", "netns", "del", "red"]);
    }
    await expectUntouched(lab.hosts, untouched, "after destroy");
  });
});
