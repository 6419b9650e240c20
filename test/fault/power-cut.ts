import type { Fault } from "./fault.js";

export const powerCut: Fault = {
  name: "a host loses its power, and has it again",
  promise: "what it had accepted is there when it is back; containers of other hosts notice nothing",
  undisturbed: [
    ["red", "green"],
    ["red", "blue"],
  ],
  strike: (scene) => scene.host("b").kill9AndRestart(),
};
