import type { Fault } from "./fault.js";

export const networkScanned: Fault = {
  name: "a container asks for every address of the network at once",
  promise: "those that are known answer, the others cost nobody anything (a /16: lab/resolver-faults)",
  undisturbed: [
    ["green", "pink"],
    ["pink", "blue"],
  ],
  strike: async (scene) => {
    await scene.host("a").script(
      `for last in $(seq 2 254); do
         ip netns exec red ping -n -q -c 1 -W 1 7.7.7.$last >/dev/null 2>&1 &
       done
       wait`,
    );
  },
};
