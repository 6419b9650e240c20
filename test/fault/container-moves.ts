import { succeeded } from "../checks/stack.js";
import type { Fault } from "./fault.js";

export const containerMoves: Fault = {
  name: "a container moves to another host, and back",
  promise: "it is reached where it is, also by who does not hear of it from the container; others notice nothing",
  undisturbed: [
    ["red", "green"],
    ["red", "blue"],
  ],
  strike: async (scene) => {
    succeeded("the move", await scene.apply({ pink: { overlay: "lab", host: "c", ip: "7.7.7.3" } }));
    if (!(await scene.reaches("red", "pink"))) throw new Error("red does not reach pink where it went");
  },
  end: (scene) => scene.restore(),
};
