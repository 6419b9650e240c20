import { existsSync } from "node:fs";
import {
  expectBulkArrives,
  expectDeviceComesBack,
  expectFlowSurvivesResolver,
  expectFullSizePasses,
  expectNoChange,
  expectRecordByHandIsHonoured,
} from "../checks/main-job.js";
import { expectEveryPairPings } from "../checks/network.js";
import { Stack } from "../checks/stack.js";
import { fleetPaths } from "../hosts/paths.js";
import { keepEvidence } from "./evidence.js";
import { DEFAULT_FLEET, VagrantFleet } from "./fleet.js";
import { describeClock } from "./only/clock.js";
import { describeHalt } from "./only/halt.js";
import { describeFreshKernel, describeModules } from "./only/kernel.js";
import { describeMtu } from "./only/mtu.js";
import { describeNetem } from "./only/netem.js";
import { describePowerFailure } from "./only/power.js";
import { describeReboot } from "./only/reboot.js";
import { describeReimage } from "./only/reimage.js";
import { describeSandbox } from "./only/sandbox.js";
import { buildMainJob, destroyMainJob, expectUntouched, noteUntouched, type Scene, vagrantJob } from "./scene.js";

/** Leave the machines after the tests, and use those that are up already. */
const KEEP = process.env["OVERLAYNET_VAGRANT_KEEP"] === "1";

const progress = (text: string): void => {
  console.log(`    ${text}`);
};

async function machines(): Promise<VagrantFleet> {
  const there = KEEP && existsSync(fleetPaths("vagrant", DEFAULT_FLEET).state);
  return there ? VagrantFleet.attach(DEFAULT_FLEET, progress) : VagrantFleet.up({ progress });
}

describe("two virtual machines", function () {
  this.timeout(900_000);
  // Each test tells how long it took.
  this.slow(0);

  let found: Scene | undefined;
  const scene = (): Scene => {
    if (found === undefined) throw new Error("the machines did not come up");
    return found;
  };

  before("vagrant up", async () => {
    const start = Date.now();
    const fleet = await machines();
    console.log(`    up after ${((Date.now() - start) / 1000).toFixed(1)} s`);
    const stack = await Stack.create(fleet, "vagrant");
    found = { fleet, stack, topology: vagrantJob(fleet), untouched: new Map(), isBuilt: false };
    await noteUntouched(found, fleet.hosts);
  });
  afterEach("keep what the machines know of a failure", async function () {
    const test = this.currentTest;
    if (test?.state !== "failed" || found === undefined) return;
    console.log(`    evidence in ${await keepEvidence(found.fleet, test.fullTitle(), test.err)}`);
  });
  after("vagrant destroy", async () => {
    if (!KEEP) await VagrantFleet.down();
    else if (found !== undefined) await destroyMainJob(found);
  });

  describeFreshKernel(scene);

  describe("the main job", () => {
    it("builds the overlay and its containers over vagrant ssh-config", async () => {
      await buildMainJob(scene());
      await expectEveryPairPings(scene().fleet, scene().topology);
    });
  });

  describe("the main job, built", () => {
    before("the main job", () => buildMainJob(scene()));
    it("sees no change afterwards: not at preview, not at up, not at refresh", () => expectNoChange(scene().stack));
    it("carries packets of full size and a TCP stream", async () => {
      const { fleet, topology } = scene();
      await expectFullSizePasses(fleet, topology);
      await expectBulkArrives(fleet, topology, "red", "pink");
    });
    it("honours a record written by hand", () => expectRecordByHandIsHonoured(scene().fleet));
    it("loses nothing of what talks while the resolvers are killed", () =>
      expectFlowSurvivesResolver(scene().fleet, scene().topology));
    it("gets its VXLAN device back when somebody deletes it", () =>
      expectDeviceComesBack(scene().fleet, scene().topology, "b"));

    describeModules(scene);
    describeSandbox(scene);
    describeNetem(scene);
    describeMtu(scene);
    describeClock(scene);
    describeReboot(scene);
    describeHalt(scene);
    describePowerFailure(scene);
    describeReimage(scene);
  });

  describe("the end", () => {
    it("leaves the machines as they were", async () => {
      await buildMainJob(scene());
      await destroyMainJob(scene());
      await expectUntouched(scene(), scene().fleet.hosts);
    });
  });
});
