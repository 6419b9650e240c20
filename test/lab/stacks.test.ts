import { join } from "node:path";
import { expect } from "chai";
import { expectNoChange } from "../checks/main-job.js";
import { expectEveryPairPings } from "../checks/network.js";
import { Stack, succeeded } from "../checks/stack.js";
import { hostArguments, mainJob, type Topology } from "../checks/topology.js";
import { installVersion } from "../checks/version.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { Lab, type Snapshot } from "../hosts/index.js";

describe("two stacks on the same hosts", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let owner: Stack;
  let guest: Stack;
  let untouched: readonly Snapshot[];

  before(async () => {
    lab = await Lab.up({ name: "stacks", hosts: 3 });
    untouched = await snapshots(lab.hosts);
    owner = await Stack.create(lab, "owner");
    // Another checkout's package, as far as hosts can tell: a later version, and another build of the agent.
    guest = await Stack.create(lab, "guest", {
      PULUMI_BACKEND_URL: `file://${join(owner.folder, ".pulumi-state", "backend")}`,
    });
    await installVersion(guest.folder, "0.2.0");
  });
  after(() => Lab.down("stacks"));

  const agents = async (): Promise<string[]> => {
    const look = "basename $(dirname $(readlink -f /usr/local/bin/overlaynet))";
    return Promise.all(["a", "b"].map(async (name) => (await lab.host(name).script(look)).stdout));
  };

  const reference = { lab: "organization/owner/test" };
  /** The main job, on two of the three hosts at first. */
  const job = (overlay: object = {}, hosts = ["a", "b"]): Topology =>
    mainJob(lab, { hosts: hostArguments(lab, hosts), ...overlay });

  it("share an overlay by a StackReference", async () => {
    const { red, pink, green } = job().containers;
    await owner.declare({ overlays: job().overlays, containers: { red: red! } });
    succeeded("up of the owner", await owner.up());
    await guest.declare({ overlays: {}, references: reference, containers: { pink: pink!, green: green! } });
    const { output } = succeeded("up of the guest", await guest.up());
    expect(output).not.to.match(/uploading|putting agent/);
    await expectEveryPairPings(lab, job(), { count: 1 });
    await expectNoChange(guest);
    await expectNoChange(owner);
  });

  it("share it by a plain object, too", async () => {
    const { output } = succeeded("output", await owner.pulumi(["stack", "output", "lab", "--json"]));
    const { pink, green } = job().containers;
    const plain = { lab: JSON.parse(output) as object };
    await guest.declare({ overlays: {}, references: plain, containers: { pink: pink!, green: green! } });
    succeeded("preview", await guest.preview("--expect-no-changes"));
  });

  it("keep the overlay while the other's containers live on it, on every host, naming them", async () => {
    const { ok, output } = await owner.destroy();
    expect(ok).to.equal(false);
    expect(output)
      .to.match(
        /a \(192\.168\.64\.27\): remove: overlay "lab" has containers on this host: "green" \(resource "green" of guest\/test\)/,
      )
      .and.match(/b \(192\.168\.64\.28\): remove: .*"pink" \(resource "pink" of guest\/test\)/);
    succeeded("up of the owner", await owner.up());
    await expectEveryPairPings(lab, job(), { count: 1 });
  });

  it("follow each other: a host that the owner adds learns of the guest's containers at its next up", async () => {
    const { red, pink, green } = job().containers;
    const blue = { overlay: "lab", host: "c", ip: "7.7.7.5" };
    const all = { ...job({}, ["a", "b", "c"]), containers: { red: red!, pink: pink!, green: green!, blue } };
    await owner.declare({ ...all, containers: { red: red!, blue } });
    succeeded("up of the owner", await owner.up());
    await expectEveryPairPings(lab, { ...all, containers: { red: red!, blue } }, { count: 1 });
    const printer = { overlay: "lab", ip: "7.7.7.9", mac: "02:42:c0:a8:00:09", vtep: "192.168.64.40" };
    await guest.declare({
      overlays: {},
      references: reference,
      containers: { pink: pink!, green: green! },
      neighEntries: { printer },
    });
    expect(succeeded("up of the guest", await guest.up()).output).to.match(/~ 2 updated/);
    await expectEveryPairPings(lab, all, { count: 1 });
    const { stdout } = await lab.host("c").ssh(["bridge", "-n", "overns", "fdb", "show", "dev", "vxlan1"]);
    expect(stdout).to.contain(`${printer.mac} dst ${printer.vtep}`);
    await expectNoChange(guest);
    await owner.declare({ overlays: job().overlays, containers: { red: red! } });
    succeeded("up of the owner", await owner.up());
    succeeded("up of the guest", await guest.up());
    await expectEveryPairPings(lab, job(), { count: 1 });
  });

  it("of different versions get the newer agent, which the older one keeps and works with", async () => {
    const before = await agents();
    const other: Topology["overlays"] = {
      other: { vni: 43, cidr: "8.8.8.0/24", gateway: "8.8.8.1", hosts: hostArguments(lab, ["a", "b"]) },
    };
    const { pink, green } = job().containers;
    const containers = { pink: pink!, green: green! };
    await guest.declare({ overlays: other, references: reference, containers });
    expect(succeeded("up of the guest", await guest.up()).output).to.match(/putting agent 0\.2\.0/);
    const newer = await agents();
    expect(newer).not.to.eql(before);
    await owner.declare({
      overlays: job({ mtu: 1400 }).overlays,
      containers: { red: job().containers["red"]! },
    });
    expect(succeeded("up of the owner", await owner.up()).output).not.to.match(/putting agent/);
    expect(await agents()).to.eql(newer);
    await expectEveryPairPings(lab, job(), { count: 1 });
    await expectNoChange(owner);
  });

  it("leave the hosts as they were, one after the other", async () => {
    await guest.declare({ overlays: {}, containers: {} });
    succeeded("up of the guest", await guest.up());
    await owner.declare({
      overlays: job({ vni: 44 }).overlays,
      containers: { red: job().containers["red"]! },
    });
    const { output } = succeeded("replacement of the hosts' only overlay", await owner.up());
    expect(output, "the agent stays for the overlay that follows").not.to.match(/uploading the runtime/);
    succeeded("destroy of the owner", await owner.destroy());
    await expectUntouched(lab.hosts, untouched, "after destroy");
  });
});
