import { expect } from "chai";
import { expectNoChange } from "../checks/main-job.js";
import { Lab } from "../hosts/index.js";
import { faults } from "./index.js";
import { FaultScene } from "./scene.js";

describe("three hosts, when", function () {
  this.timeout(180_000);

  let scene: FaultScene;

  before(async () => {
    scene = await FaultScene.build("fault");
  });
  after(() => Lab.down("fault"));

  for (const fault of faults) {
    it(`${fault.name}: ${fault.promise}`, async () => {
      const { recovery, sent, lost } = await scene.measure(fault);
      process.stdout.write(
        `        recovered after ${(recovery / 1000).toFixed(2)} s; of ${sent} pings, ${lost} lost\n`,
      );
      expect(lost, "pings lost of flows that should not notice").to.equal(0);
    });
  }

  it("all that is over: are as the program says, with nothing to do", () => expectNoChange(scene.stack));
});
