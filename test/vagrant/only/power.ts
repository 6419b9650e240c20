import { expect } from "chai";
import { untilEveryPairPings } from "../../checks/main-job.js";
import { succeeded } from "../../checks/stack.js";
import type { ContainerArguments, Topology } from "../../checks/topology.js";
import { until } from "../../hosts/poll.js";
import type { GetScene } from "../scene.js";

/** Enough that an apply is still going on when the first of them is seen on the machine. */
const MORE = 8;

function withMore(topology: Topology): Topology {
  const more: Record<string, ContainerArguments> = {};
  for (let n = 0; n < MORE; n++) more[`blue${n}`] = { overlay: "lab", host: "b", ip: `7.7.7.${100 + n}` };
  return { ...topology, containers: { ...topology.containers, ...more } };
}

export function describePowerFailure(scene: GetScene): void {
  describe("a power failure during an apply", () => {
    it("is told by the apply, and the next one finishes", async () => {
      const { fleet, stack, topology } = scene();
      const b = fleet.host("b");
      const more = withMore(topology);
      await stack.declare(more);
      const applied = stack.up();
      const begun = async (): Promise<boolean> => {
        const { stdout } = await b.ssh(["ls", "/var/lib/overlaynet/lab/desired"]);
        return stdout.includes("blue");
      };
      await until("b has been asked for a new container", begun, { within: 120_000, every: 20 });
      await b.kill9();
      const start = Date.now();
      const { ok, output } = await applied;
      console.log(`      the apply gives up ${((Date.now() - start) / 1000).toFixed(1)} s after b lost its power`);
      expect(ok, `the apply during which b lost its power:\n${output}`).to.equal(false);
      expect(output).to.match(/\bb \(/);
      await b.powerOn();
      succeeded("up after the power failure", await stack.up());
      // Every pair would be 110 pings: the first and the last must do.
      const some = ["red", "green", "pink", "blue0", `blue${MORE - 1}`];
      const containers = Object.entries(more.containers).filter(([name]) => some.includes(name));
      await untilEveryPairPings(fleet, { ...more, containers: Object.fromEntries(containers) });
      await stack.declare(topology);
      succeeded("up without the additional containers", await stack.up());
      await untilEveryPairPings(fleet, topology);
    });
  });
}
