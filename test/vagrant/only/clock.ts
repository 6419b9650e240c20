import { expect } from "chai";
import { expectNoChange, expectRecordByHandIsHonoured } from "../../checks/main-job.js";
import { ping } from "../../checks/ping.js";
import { type GetScene, linkNumbers, member, resolverProperty } from "../scene.js";

export function describeClock(scene: GetScene): void {
  describe("a clock that jumps", () => {
    for (const jump of ["+1 day", "-2 days"]) {
      it(`by ${jump}: nothing is lost, nothing is rebuilt, nothing is restarted`, async () => {
        const a = scene().fleet.host("a");
        const watched = async (): Promise<string[]> => [
          await linkNumbers(a),
          await resolverProperty(a, "MainPID"),
          await resolverProperty(a, "NRestarts"),
        ];
        const before = await watched();
        const [red, pink] = [member(scene(), "red"), member(scene(), "pink")];
        const flow = ping(red.exec, pink.ip, { count: 50, interval: 0.2 });
        await a.ssh(["date", "--set", jump]);
        await expectRecordByHandIsHonoured(scene().fleet);
        const { sent, received } = await flow;
        expect(received, "pings answered while the clock jumped").to.equal(sent);
        await expectNoChange(scene().stack);
        expect(await watched()).to.deep.equal(before);
      });
    }

    after(async () => {
      await scene()
        .fleet.host("a")
        .ssh(["date", "--set", `@${Math.round(Date.now() / 1000)}`]);
    });
  });
}
