import { expect } from "chai";
import { underFlows } from "../checks/flows.js";
import { expectNoChange } from "../checks/main-job.js";
import { expectEveryPairPings, type Member, members } from "../checks/network.js";
import { Stack, succeeded } from "../checks/stack.js";
import { type ContainerArguments, mainJob, type Topology } from "../checks/topology.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { Lab, type Snapshot } from "../hosts/index.js";

/** The switch of the demonstration that the project comes from, as people made it by hand. */
const handMadeSwitch = `
  ip netns add overns
  ip -n overns link add br0 type bridge
  ip -n overns addr add 7.7.7.1/24 dev br0
  ip link add vxlan1 netns overns type vxlan id 42 dstport 4789 proxy learning l2miss l3miss
  ip -n overns link set vxlan1 mtu 1450 master br0
  ip -n overns link set vxlan1 up
  ip -n overns link set br0 up`;

const macOf = (last: number): string => `02:42:07:07:07:0${last}`;

/** A container of it, by the last number of its address. */
const handMadeContainer = (name: string, last: number): string => `
  ip netns add ${name}
  ip link add vethO${last} netns overns mtu 1450 type veth peer name eth0 netns ${name} mtu 1450 address ${macOf(last)}
  ip -n overns link set vethO${last} master br0 up
  ip -n ${name} addr add 7.7.7.${last}/24 dev eth0
  ip -n ${name} link set lo up
  ip -n ${name} link set eth0 up`;

/** How it was told where another one is. */
const handMadeEntries = (last: number, vtep: string): string => `
  ip -n overns neigh add 7.7.7.${last} lladdr ${macOf(last)} dev vxlan1
  bridge -n overns fdb replace ${macOf(last)} dev vxlan1 self dst ${vtep} vni 42 port 4789`;

describe("adoption of what was made by hand", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let stack: Stack;
  let untouched: readonly Snapshot[];
  let handMade: readonly Snapshot[];
  let plain: Topology;
  let red: Member;

  before(async () => {
    lab = await Lab.up({ name: "adopt", hosts: 2 });
    // The first `ip netns add` leaves /run/netns mounted, which no one can avoid.
    for (const host of lab.hosts) await host.script("ip netns add first; ip netns del first");
    untouched = await snapshots(lab.hosts);
    const [a, b] = [lab.host("a"), lab.host("b")];
    await a.script(handMadeSwitch + handMadeContainer("red", 2) + handMadeContainer("green", 4));
    await a.script(handMadeEntries(3, b.address));
    await b.script(handMadeSwitch + handMadeContainer("pink", 3));
    await b.script(handMadeEntries(2, a.address) + handMadeEntries(4, a.address));
    stack = await Stack.create(lab, "adopt");
    plain = mainJob(lab, { learning: true });
    red = members(lab, plain).find(({ name }) => name === "red")!;
    await expectEveryPairPings(lab, plain);
    handMade = await snapshots(lab.hosts);
  });
  after(() => Lab.down("adopt"));

  const adopting = (containers: boolean): Topology => ({
    overlays: { lab: { ...plain.overlays["lab"]!, adopt: true } },
    containers: containers ? adopted(plain.containers) : plain.containers,
  });
  const adopted = (all: Topology["containers"]): Record<string, ContainerArguments> =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, { ...one, adopt: true }]));

  it("is not made unasked: the error names what stands there, and all stays as it was", async () => {
    await stack.declare(plain);
    const lost = await underFlows(red, ["7.7.7.3", "7.7.7.4"], async () => {
      const { ok, output } = await stack.up();
      expect(ok).to.equal(false);
      for (const host of lab.hosts) {
        expect(output).to.contain(
          `${host.name} (${host.address}): apply: namespace overns exists and belongs to nobody overlaynet knows; choose another name, remove it, or set adopt: true`,
        );
      }
    });
    expect(lost).to.eql(["7.7.7.3 lost 0", "7.7.7.4 lost 0"]);
    await expectUntouched(lab.hosts, handMade, "after a refused up");
  });

  it("takes the overlay over without interrupting it, and of containers only what it is told to", async () => {
    await stack.declare(adopting(false));
    const lost = await underFlows(red, ["7.7.7.3", "7.7.7.4"], async () => {
      const { ok, output } = await stack.up();
      expect(ok).to.equal(false);
      for (const name of ["red", "green", "pink"]) {
        expect(output).to.contain(`apply: namespace ${name} exists and belongs to nobody overlaynet knows;`);
      }
    });
    expect(lost).to.eql(["7.7.7.3 lost 0", "7.7.7.4 lost 0"]);
    // Red need not ask for pink while its own ARP entry is fresh; half a minute later it would have been lost.
    const { stdout } = await lab.host("a").ssh(["ip", "-n", "overns", "neigh", "show", "dev", "vxlan1"]);
    expect(stdout, "what people told the device before it got its MAC").to.contain(
      `7.7.7.3 lladdr ${macOf(3)} PERMANENT`,
    );
  });

  it("takes containers over without interrupting them", async () => {
    await stack.declare(adopting(true));
    const lost = await underFlows(red, ["7.7.7.3", "7.7.7.4"], async () => {
      succeeded("up", await stack.up());
    });
    expect(lost).to.eql(["7.7.7.3 lost 0", "7.7.7.4 lost 0"]);
    await expectEveryPairPings(lab, plain);
    await expectNoChange(stack);
  });

  it("names a device that is nobody's, too", async () => {
    const all = adopting(true);
    await lab.host("a").script("ip -n overns link add vethO5 type bridge; ip -n overns link add vethO6 type veth");
    const blue = { overlay: "lab", host: "a", ip: "7.7.7.5" };
    const teal = { overlay: "lab", host: "a", ip: "7.7.7.6" };
    await stack.declare({ ...all, containers: { ...all.containers, blue, teal } });
    const { ok, output } = await stack.up();
    expect(ok).to.equal(false);
    expect(output)
      .to.contain("vethO5 in namespace overns is of kind bridge, not veth, and belongs to nobody overlaynet knows;")
      .and.contain("vethO6 in namespace overns exists and belongs to nobody overlaynet knows; choose another name");
    await lab.host("a").script("ip -n overns link del vethO5; ip -n overns link del vethO6");
    await stack.declare(all);
    succeeded("up", await stack.up());
    await expectNoChange(stack);
  });

  it("goes with destroy like what was made by itself", async () => {
    succeeded("destroy", await stack.destroy());
    await expectUntouched(lab.hosts, untouched, "after destroy");
  });
});
