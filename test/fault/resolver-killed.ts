import type { Fault } from "./fault.js";
import { anotherResolver, resolverPid } from "./scene.js";

let killed = "";

export const resolverKilled: Fault = {
  name: "the resolver is killed",
  promise: "known peers keep talking, and another resolver is ready within seconds",
  undisturbed: [
    ["red", "pink"],
    ["pink", "red"],
    ["blue", "pink"],
  ],
  strike: async (scene) => {
    killed = await resolverPid(scene.host("b"));
    await scene.host("b").ssh(["kill", "-9", killed]);
  },
  recovered: (scene) => anotherResolver(scene.host("b"), killed),
};
