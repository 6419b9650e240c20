import type { Fault } from "./fault.js";

export const addressTaken: Fault = {
  name: "a program gives a second container the address of one on another host",
  promise: "it is refused by name, and who has the address keeps it",
  undisturbed: [
    ["pink", "red"],
    ["blue", "red"],
  ],
  strike: async (scene) => {
    const { ok, output } = await scene.apply({ double: { overlay: "lab", host: "c", ip: "7.7.7.2" } });
    if (ok) throw new Error("two containers have one address");
    if (!/7\.7\.7\.2.*red|red.*7\.7\.7\.2/.test(output)) throw new Error(`nobody says who has 7.7.7.2: ${output}`);
  },
  end: (scene) => scene.restore(),
};
