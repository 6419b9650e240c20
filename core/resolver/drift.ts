import { ipFromNumber, macFromNumber } from "../model/index.js";
import type { ResolverConfig } from "../records.js";
import { type Actions, Do } from "./action.js";
import { compareAll, type KernelEntries } from "./comparison.js";
import { type PackedRecords, rulesOf } from "./packed.js";

/** What a comparison would mend, in words for people: `vxlan1 neighbour 7.7.7.3 missing, want 02:42:07:07:07:03`. */
export function describeDrift(records: PackedRecords, config: ResolverConfig, kernel: KernelEntries): string[] {
  const { actions, forwarding } = compareAll(records, rulesOf(config), kernel);
  const words: string[] = [];
  for (const some of actions) {
    for (let index = 0; index < some.length; index += 1) {
      // Deleted only to be written anew.
      if (some === forwarding.set && some.kindAt(index) === Do.DeleteForwarding) continue;
      words.push(`${config.device} ${difference(some, index, kernel, config.learning)}`);
    }
  }
  return words;
}

function difference(actions: Actions, index: number, kernel: KernelEntries, learning: boolean): string {
  const action = actions.at(index);
  switch (action.do) {
    case "set-neighbour": {
      const entry = kernel.neighbours.get(actions.keyAt(index));
      const mac = entry && (entry.mac === 0 ? "unresolved" : macFromNumber(entry.mac));
      const found = entry && `is ${mac ?? ""}${entry.permanent ? "" : ", not permanent"}`;
      return `neighbour ${action.ip} ${found ?? "missing"}, want ${action.mac}`;
    }
    case "set-forwarding": {
      const entry = kernel.forwarding.get(actions.keyAt(index));
      const kind = learning ? "one that may age" : "permanent";
      if (entry === undefined) return `forwarding entry ${action.mac} missing, want ${action.vtep}`;
      if (entry.vtep !== actions.valueAt(index)) {
        const to = entry.vtep === 0 ? "a nexthop" : ipFromNumber(entry.vtep);
        return `forwarding entry ${action.mac} leads to ${to}, want ${action.vtep}`;
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
