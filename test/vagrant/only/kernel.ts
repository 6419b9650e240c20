import { release } from "node:os";
import { expect } from "chai";
import { succeeded } from "../../checks/stack.js";
import type { Machine } from "../machine.js";
import { expectUntouched, type GetScene, onEach, vagrantJob } from "../scene.js";

const MODULES = ["vxlan", "bridge", "veth"];

async function loaded(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.ssh(["cut", "-d", " ", "-f", "1", "/proc/modules"]);
  const names = new Set(stdout.split("\n"));
  return MODULES.filter((name) => names.has(name));
}

/** modprobe.d(5): whoever asks for the module is told that it cannot be had, as on a kernel built without it. */
const NO_VXLAN = "/etc/modprobe.d/no-vxlan.conf";

/** Before the first up: a lab's hosts share this machine's kernel, with everything loaded. */
export function describeFreshKernel(scene: GetScene): void {
  describe("a kernel of their own", () => {
    it("is another one than this machine's", async () => {
      await onEach(scene().fleet.hosts, async (host) => {
        const { stdout } = await host.ssh(["uname", "-r"]);
        console.log(`      ${host.name} runs Linux ${stdout}; this machine runs ${release()}`);
        expect(stdout).not.to.equal(release());
      });
    });

    it("has none of the modules loaded that the overlay needs", async () => {
      await onEach(scene().fleet.hosts, async (host) => {
        expect(await loaded(host), `modules of ${host.name}`).to.deep.equal([]);
      });
    });

    it("is refused by name when it has no vxlan, and left untouched", async () => {
      const { fleet, stack } = scene();
      const b = fleet.host("b");
      await b.script(`echo "install vxlan /bin/false" >${NO_VXLAN}`);
      try {
        const { lab } = vagrantJob(fleet).overlays;
        await stack.declare({ overlays: { lab: { ...lab!, hosts: { b: lab!.hosts["b"]! } } }, containers: {} });
        const { ok, output } = await stack.up();
        expect(ok, output).to.equal(false);
        expect(output).to.match(/b \(\S+\).*kernel.*vxlan/);
        succeeded("destroy", await stack.destroy());
      } finally {
        await b.ssh(["rm", NO_VXLAN]);
      }
      await expectUntouched(scene(), [b]);
    });
  });
}

/** After the first up. */
export function describeModules(scene: GetScene): void {
  describe("kernel modules", () => {
    it("were loaded on demand", async () => {
      await onEach(scene().fleet.hosts, async (host) => {
        expect(await loaded(host), `modules of ${host.name}`).to.deep.equal(MODULES);
      });
    });
  });
}
