import type { Records, ResolverConfig } from "../records.js";
import type { Action, KernelEntries } from "./entry.js";
import { reconcile } from "./reconcile.js";

/** What {@link reconcile} would mend, in words for people: `vxlan1 neighbour 7.7.7.3 missing, want 02:42:07:07:07:03`. */
export function describeDrift(records: Records, config: ResolverConfig, kernel: KernelEntries): string[] {
  const { actions } = reconcile(records, config, kernel);
  const set = new Set(actions.flatMap((action) => (action.do === "set-forwarding" ? [action.mac] : [])));
  return actions
    .filter((action) => action.do !== "delete-forwarding" || !set.has(action.mac))
    .map((action) => `${config.device} ${difference(action, kernel)}`);
}

function difference(action: Action, kernel: KernelEntries): string {
  switch (action.do) {
    case "set-neighbour": {
      const entry = kernel.neighbours.get(action.ip);
      const found = entry && `is ${entry.mac ?? "unresolved"}${entry.permanent ? "" : ", not permanent"}`;
      return `neighbour ${action.ip} ${found ?? "missing"}, want ${action.mac}`;
    }
    case "set-forwarding": {
      const entry = kernel.forwarding.get(action.mac);
      const kind = action.permanent ? "permanent" : "one that may age";
      if (entry === undefined) return `forwarding entry ${action.mac} missing, want ${action.vtep}`;
      if (entry.vtep !== action.vtep) {
        return `forwarding entry ${action.mac} leads to ${entry.vtep ?? "a nexthop"}, want ${action.vtep}`;
      }
      return entry.plain
        ? `forwarding entry ${action.mac} is of another kind, want ${kind}`
        : `forwarding entry ${action.mac} has a VNI, port, interface or second destination of its own, want ${action.vtep} alone`;
    }
    case "delete-neighbour":
      return `neighbour ${action.ip} left over, want none`;
    case "delete-forwarding":
      return `forwarding entry ${action.mac} left over, want none`;
  }
}
