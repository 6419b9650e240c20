import { expect } from "chai";
import {
  expectBackAfterReboot,
  expectBulkArrives,
  expectDeviceComesBack,
  expectFlowSurvivesResolver,
  expectFullSizePasses,
  expectNoChange,
  expectRecordByHandIsHonoured,
} from "../checks/main-job.js";
import { expectEveryPairPings, expectPings, members } from "../checks/network.js";
import { ping } from "../checks/ping.js";
import { Stack, succeeded } from "../checks/stack.js";
import { mainJob, type Topology } from "../checks/topology.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { type Endpoint, Lab, type Snapshot } from "../hosts/index.js";

describe("the main job: pulumi up on two hosts", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let stack: Stack;
  let topology: Topology;
  let untouched: readonly Snapshot[];

  before(async () => {
    lab = await Lab.up({ name: "main-job", hosts: 2 });
    topology = mainJob(lab);
    untouched = await snapshots(lab.hosts);
    stack = await Stack.create(lab, "main-job");
  });
  after(() => Lab.down("main-job"));

  it("previews with no host touched", async () => {
    await stack.declare(topology);
    succeeded("preview", await stack.preview());
    await expectUntouched(lab.hosts, untouched, "after a preview");
  });

  it("builds the overlay and its containers", async () => {
    succeeded("up", await stack.up());
    await expectEveryPairPings(lab, topology);
  });

  it("sees no change afterwards: not at preview, not at up, not at refresh", async () => {
    await expectNoChange(stack);
  });

  it("carries packets of full size and a TCP stream", async () => {
    await expectFullSizePasses(lab, topology);
    await expectBulkArrives(lab, topology, "red", "pink");
    await expectBulkArrives(lab, topology, "pink", "green");
  });

  it("reaches an endpoint outside Pulumi's care by a NeighEntry", async () => {
    const mac = "02:42:c0:a8:00:04";
    const at = (host: string, ip: string): { ip: string; mac: string; vtep: string } => ({
      ip,
      mac: `02:42:${ip
        .split(".")
        .map((byte) => Number(byte).toString(16).padStart(2, "0"))
        .join(":")}`,
      vtep: lab.host(host).address,
    });
    const peers = [at("a", "7.7.7.2"), at("a", "7.7.7.4"), at("b", "7.7.7.3")];
    const endpoint: Endpoint = await lab.endpoint({ vni: 42, ip: "7.7.7.9/24", mac, peers });
    topology = {
      ...topology,
      neighEntries: { printer: { overlay: "lab", ip: "7.7.7.9", mac, vtep: endpoint.address } },
    };
    await stack.declare(topology);
    succeeded("up with a NeighEntry", await stack.up());
    for (const member of members(lab, topology)) await expectPings(member, { name: "printer", ip: "7.7.7.9" });
    const { sent, received } = await ping((argv, options) => endpoint.exec(argv, options), "7.7.7.2");
    expect(received, "pings from the endpoint to red").to.equal(sent);
    await expectNoChange(stack);
  });

  it("honours a record written by hand", async () => {
    await expectRecordByHandIsHonoured(lab);
  });

  it("loses nothing of what talks while the resolvers are killed", async () => {
    await expectFlowSurvivesResolver(lab, topology);
  });

  it("gets its VXLAN device back when somebody deletes it", async () => {
    await expectDeviceComesBack(lab, topology, "b");
  });

  it("is back after a reboot, unaided", async () => {
    const milliseconds = await expectBackAfterReboot(lab, topology, "a");
    console.log(`      every pair pings ${milliseconds} ms after SSH answers`);
    await expectNoChange(stack);
  });

  it("leaves the hosts as they were", async () => {
    succeeded("destroy", await stack.destroy());
    await expectUntouched(lab.hosts, untouched, "after destroy");
  });
});
