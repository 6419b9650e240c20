import { until } from "../hosts/poll.js";
import type { Fault } from "./fault.js";

export const cablePulled: Fault = {
  name: "a host's cable is pulled, and put back",
  promise: "its containers talk to the others again at once, and to each other all the time",
  undisturbed: [["red", "green"]],
  strike: async (scene) => {
    // On the other host, so that the pings that are to be undisturbed stay within reach of SSH.
    await scene.lab.cable("b", "out");
    await until("red does not reach pink", async () => !(await scene.reaches("red", "pink")), { within: 20_000 });
  },
  end: (scene) => scene.lab.cable("b", "in"),
};
