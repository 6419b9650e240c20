import { expect } from "chai";
import { untilEveryPairPings } from "../../checks/main-job.js";
import { ping } from "../../checks/ping.js";
import { type GetScene, member } from "../scene.js";
import { built, untilBuilt } from "./reboot.js";

export function describeHalt(scene: GetScene): void {
  describe("vagrant halt of a peer", () => {
    it("disturbs nobody who talks on the other machine", async () => {
      const { fleet, topology } = scene();
      const [red, green] = [member(scene(), "red"), member(scene(), "green")];
      const before = await built(fleet.host("b"));
      // For as long as the halt may take; ended by hand when it is done.
      const talk = red.exec(["ping", "-n", "-i", "0.2", green.ip], { reject: false, timeout: 240_000 });
      await fleet.halt("b");
      await fleet.host("a").ssh(["pkill", "--signal", "INT", "--exact", "ping"]);
      const { stdout } = await talk;
      const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(stdout) ?? [];
      expect(
        Number(received),
        `answers of ${String(sent)} while b was halted:\n${stdout.slice(-500)}`,
      ).to.be.greaterThan(10);
      expect(received).to.equal(sent);
      expect((await fleet.vagrant.states(["b"])).get("b")).to.equal("shutoff");
      const apart = await ping(red.exec, member(scene(), "pink").ip, { count: 2 });
      expect(apart.received, "answers of pink, whose machine is off").to.equal(0);
      await fleet.start("b");
      await untilBuilt(fleet.host("b"), before);
      await untilEveryPairPings(fleet, topology);
    });
  });
}
