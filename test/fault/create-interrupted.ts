import { succeeded } from "../checks/stack.js";
import { until } from "../hosts/poll.js";
import type { Fault } from "./fault.js";

const late = {
  late: { overlay: "lab", host: "b", ip: "7.7.7.9" },
  later: { overlay: "lab", host: "c", ip: "7.7.7.10" },
};

export const createInterrupted: Fault = {
  name: "Pulumi is interrupted while it creates, twice",
  promise: "what exists is on record, and the next up finishes",
  undisturbed: [
    ["red", "pink"],
    ["red", "blue"],
  ],
  strike: async (scene) => {
    await scene.declare(late);
    const { command, outcome, printed } = scene.stack.start(["up", "--yes", "--skip-preview"]);
    const creates = (): Promise<boolean> => Promise.resolve(/late.* creating/.test(printed()));
    await until("a container is being created", creates, { within: 30_000, every: 5 });
    command.kill("SIGINT");
    command.kill("SIGINT");
    await outcome;
  },
  end: async (scene) => {
    succeeded("the up after", await scene.apply(late));
  },
  tidy: (scene) => scene.restore(),
};
