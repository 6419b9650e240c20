import { release } from "node:os";
import { expect } from "chai";
import type { Machine } from "../machine.js";
import type { GetScene } from "../scene.js";

const MODULES = ["vxlan", "bridge", "veth"];

async function loaded(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.ssh(["cut", "-d", " ", "-f", "1", "/proc/modules"]);
  const names = new Set(stdout.split("\n"));
  return MODULES.filter((name) => names.has(name));
}

/** Before the first up: a lab's hosts share this machine's kernel, with everything loaded. */
export function describeFreshKernel(scene: GetScene): void {
  describe("a kernel of their own", () => {
    it("is another one than this machine's", async () => {
      for (const host of scene().fleet.hosts) {
        const { stdout } = await host.ssh(["uname", "-r"]);
        console.log(`      ${host.name} runs Linux ${stdout}; this machine runs ${release()}`);
        expect(stdout).not.to.equal(release());
      }
    });

    it("has none of the modules loaded that the overlay needs", async () => {
      for (const host of scene().fleet.hosts) expect(await loaded(host), `modules of ${host.name}`).to.deep.equal([]);
    });
  });
}

/** After the first up. */
export function describeModules(scene: GetScene): void {
  describe("kernel modules", () => {
    it("were loaded on demand", async () => {
      for (const host of scene().fleet.hosts)
        expect(await loaded(host), `modules of ${host.name}`).to.deep.equal(MODULES);
    });
  });
}
