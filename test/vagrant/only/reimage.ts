import { createHash } from "node:crypto";
import { expect } from "chai";
import { expectNoChange, untilEveryPairPings } from "../../checks/main-job.js";
import { succeeded } from "../../checks/stack.js";
import { mainJob } from "../../checks/topology.js";
import { type GetScene, noteUntouched } from "../scene.js";

/** As OpenSSH shows keys to people: `SHA256:…`. */
function fingerprint(key: string): string {
  const blob = Buffer.from(key.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

export function describeReimage(scene: GetScene): void {
  describe("a machine made anew, with the same address and another host key", () => {
    it("is refused in words, and nothing is done to it", async () => {
      const { fleet, stack } = scene();
      const b = fleet.host("b");
      const { hostKey } = b;
      // By its address on the underlay, which it keeps; on the management network it gets another.
      scene().topology = mainJob(fleet);
      await stack.declare(scene().topology);
      succeeded("up with other connections, which is bookkeeping", await stack.up());
      await fleet.reimage("b");
      expect(b.hostKey).not.to.equal(hostKey);
      await noteUntouched(scene(), [b]);
      const { ok, output } = await stack.refresh();
      expect(ok, output).to.equal(false);
      expect(output).to.match(/\bb \([\d.]+\): host key: /);
      expect(output, "the key that is wanted").to.contain(fingerprint(hostKey));
      expect(output, "the key that it has now").to.contain(fingerprint(b.hostKey));
      const { stdout } = await b.script(
        "ip netns list; ls -d /var/lib/overlaynet /usr/local/lib/overlaynet 2>&1 || echo",
      );
      expect(stdout).to.not.match(/^(overns|pink|\/var|\/usr)/m);
    });

    it("is built again when the program has the new key", async () => {
      const { fleet, stack } = scene();
      scene().topology = mainJob(fleet);
      await stack.declare(scene().topology);
      succeeded("up with the new key", await stack.up());
      succeeded("refresh with the new key", await stack.refresh());
      succeeded("up of what the machine has lost", await stack.up());
      await untilEveryPairPings(fleet, scene().topology);
      await expectNoChange(stack);
    });
  });
}
