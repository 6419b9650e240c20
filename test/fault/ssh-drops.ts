import { succeeded } from "../checks/stack.js";
import type { Fault } from "./fault.js";

const late = { late: { overlay: "lab", host: "b", ip: "7.7.7.9" } };

export const sshDrops: Fault = {
  name: "SSH connections of an up are cut, again and again",
  promise: "whatever it came to, the next up finishes, and nobody else notices",
  undisturbed: [
    ["red", "pink"],
    ["red", "blue"],
  ],
  strike: async (scene) => {
    await scene.declare(late);
    const { outcome } = scene.stack.start(["up", "--yes", "--skip-preview"]);
    const over = { yet: false };
    const end = outcome.finally(() => (over.yet = true));
    // Sessions alone, not who listens. It cuts its own, too.
    const cut = ["pkill", "-KILL", "-f", "sshd: root@notty"];
    for (let times = 0; times < 20 && !over.yet; times += 1) await scene.host("b").ssh(cut, { reject: false });
    await end;
  },
  end: async (scene) => {
    succeeded("the up after", await scene.apply(late));
  },
  tidy: (scene) => scene.restore(),
};
