import { until } from "../hosts/poll.js";
import type { Fault } from "./fault.js";
import type { FaultScene } from "./scene.js";

/** Host b drops what comes from a, or goes there: seen from each other, both are gone. */
async function part(scene: FaultScene, ways: readonly ("input" | "output")[]): Promise<void> {
  const { address } = scene.host("a");
  const chains = ways.map((way) => {
    const which = way === "input" ? "saddr" : "daddr";
    return `chain ${way} { type filter hook ${way} priority -10; ip ${which} ${address} drop; };`;
  });
  await scene.host("b").ssh(["nft", `table inet partition { ${chains.join(" ")} }`]);
  await until("red does not reach pink", async () => !(await scene.reaches("red", "pink")), { within: 20_000 });
}

const heal = async (scene: FaultScene): Promise<void> => {
  await scene.host("b").ssh(["nft", "delete table inet partition"]);
};

const others = [
  ["red", "blue"],
  ["pink", "blue"],
  ["red", "green"],
] as const;

export const partition: Fault = {
  name: "two hosts do not hear each other, then do",
  promise: "they talk again at once; whoever both can reach notices nothing",
  undisturbed: others,
  strike: (scene) => part(scene, ["input", "output"]),
  end: heal,
};

export const asymmetricPartition: Fault = {
  name: "one host does not hear another that hears it, then does",
  promise: "as with a partition",
  undisturbed: others,
  strike: (scene) => part(scene, ["input"]),
  end: heal,
};
