import { expect } from "chai";
import { expectNoChange } from "../checks/main-job.js";
import { expectEveryPairPings, expectPings, members } from "../checks/network.js";
import { Stack, succeeded } from "../checks/stack.js";
import { mainJob, type Topology } from "../checks/topology.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { Lab, type Snapshot } from "../hosts/index.js";

describe("one of three hosts that is dead", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let stack: Stack;
  let topology: Topology;
  let untouched: readonly Snapshot[];

  before(async () => {
    lab = await Lab.up({ name: "dead", hosts: 3 });
    untouched = await snapshots(lab.hosts);
    stack = await Stack.create(lab, "dead");
    const plain = mainJob(lab);
    const blue = { overlay: "lab", host: "c", ip: "7.7.7.5", deleteUnreachable: true };
    await up({ ...plain, containers: { ...plain.containers, blue } });
    await lab.host("c").powerOff();
  });
  after(() => Lab.down("dead"));

  async function up(next: Topology): Promise<string> {
    topology = next;
    await stack.declare(next);
    return succeeded("up", await stack.up()).output;
  }

  /** Those whose hosts live. */
  function living(): Topology {
    const containers = Object.entries(topology.containers).filter(([, { host }]) => host !== "c");
    return { ...topology, containers: Object.fromEntries(containers) };
  }

  it("does not keep containers elsewhere from being made, changed and deleted", async () => {
    const { green: _green, ...rest } = topology.containers;
    const pink = { ...rest["pink"]!, ip: "7.7.7.33" };
    const teal = { overlay: "lab", host: "b", ip: "7.7.7.6" };
    const output = await up({ ...topology, containers: { ...rest, pink, teal } });
    expect(output).to.match(/warning: c \(192\.168\.64\.29\): connect: /);
    expect(output).to.match(/\+? ?pending +: \{\s+\+? ?c: "c \(192\.168\.64\.29\): connect: /);
    await expectEveryPairPings(lab, living(), { count: 1 });
    expect((await lab.host("a").ssh(["ip", "netns"])).stdout).not.to.contain("green");
  });

  it("lets go of a container with deleteUnreachable, whose address another one then takes", async () => {
    const { blue: _blue, ...rest } = topology.containers;
    expect(await up({ ...topology, containers: rest })).to.match(/warning: c \(192\.168\.64\.29\): connect: /);
    await up({ ...topology, containers: { ...rest, cyan: { overlay: "lab", host: "a", ip: "7.7.7.5" } } });
    await expectEveryPairPings(lab, living(), { count: 1 });
  });

  it("is told all that it missed when it is back, and the later claim to an address wins", async () => {
    await lab.host("c").powerOn();
    const { stdout: before } = await lab.host("c").ssh(["ip", "netns"]);
    expect(before, "what was deleted meanwhile came back with the host").to.contain("blue");
    succeeded("up", await stack.up());
    const { stdout } = await lab
      .host("c")
      .script("ip netns; cat /var/lib/overlaynet/lab/records/fdb/02:42:07:07:07:05");
    expect(stdout).not.to.contain("blue");
    expect(stdout).to.contain(lab.host("a").address);
    await up({
      ...topology,
      containers: { ...topology.containers, last: { overlay: "lab", host: "c", ip: "7.7.7.8" } },
    });
    await expectPings(
      members(lab, topology).find(({ name }) => name === "last")!,
      { name: "cyan", ip: "7.7.7.5" },
    );
    await expectEveryPairPings(lab, topology, { count: 1 });
    await expectNoChange(stack);
  });

  it("leaves nothing behind, whatever it missed", async () => {
    succeeded("destroy", await stack.destroy());
    await expectUntouched(lab.hosts, untouched, "after destroy");
  });
});
