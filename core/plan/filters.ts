import { portTable, vtepTable } from "../desired/filter.js";
import { type FilterId, type FilterObject, keyOf, type Mark } from "../desired/object.js";
import type { NamespaceName } from "../model/index.js";
import { rootNamespace } from "../observe/observed.js";
import { isRule } from "../observe/rule.js";
import type { ObservedTable } from "../observe/table.js";
import { planGuards } from "./guards.js";
import type { Scene } from "./scene.js";
import type { Change } from "./step.js";

/** Seventh stage: tables of nftables, and what lets containers' ports send. A table that was not looked at is believed to be as desired. */
export function planFilters(scene: Scene): void {
  planVtepFilter(scene);
  for (const { kind, namespace, mark } of scene.input.desired) {
    if (kind !== "bridge") continue;
    const seen = tableIn(scene, namespace);
    if (seen === undefined) continue;
    const filter = filterIn(scene, namespace);
    if (filter !== undefined) planGuards(scene, filter, planFilter(scene, filter, seen));
    else if (seen !== "absent") remove(scene, { kind: "filter", namespace, family: "bridge", table: portTable }, mark);
  }
}

function planVtepFilter(scene: Scene): void {
  const { tables, overlay, desired, previous } = scene.input;
  const seen = tables?.get(rootNamespace);
  if (seen === undefined) return;
  const filter = filterIn(scene, rootNamespace);
  // Who has the VNI instead of the overlay is to have its packets, too.
  const isOthers = scene.conflicts.some(({ object }) => object.kind === "vxlan");
  if (filter !== undefined) {
    if (!isOthers) planFilter(scene, filter, seen);
    return;
  }
  const owner = [...desired, ...previous].find(({ kind }) => kind === "vxlan");
  const namespace = rootNamespace as NamespaceName;
  const mark = owner?.mark ?? (`overlaynet:${overlay}` as Mark);
  if (seen !== "absent") remove(scene, { kind: "filter", namespace, family: "ip", table: vtepTable(overlay) }, mark);
}

/** What is known to be in the table's sets when it has been made or changed: nothing in one that is made anew. */
function planFilter(scene: Scene, filter: FilterObject, seen: ObservedTable | "absent"): ObservedTable["sets"] {
  const { mark, table, namespace } = filter;
  const before = scene.input.previous.find((object) => keyOf(object) === keyOf(filter));
  const accepted = before?.kind === "filter" ? before : undefined;
  if (seen === "absent") {
    const drift = accepted === undefined ? [] : [`nft table ${table} missing`];
    scene.steps.push({ op: "add", object: filter, mark, drift });
    return new Map();
  }
  const place = { namespace, device: table } as const;
  const wrong = differences(filter, seen);
  if (wrong.length > 0) {
    const change = { ...place, attribute: "rules", want: "as made", found: wrong.join("; ") } as const;
    const isDrift = differences(accepted ?? filter, seen).length > 0;
    const drift = isDrift ? wrong.map((one) => `nft table ${table}: ${one}`) : [];
    scene.steps.push({ op: "change", object: filter, changes: [change], mark, drift });
    return new Map();
  }
  const changes: Change[] = [];
  const drift: string[] = [];
  for (const { name, elements } of filter.sets) {
    if (elements === undefined) continue;
    const found = seen.sets.get(name)?.elements ?? [];
    const former = accepted?.sets.find((set) => set.name === name)?.elements ?? [];
    for (const element of elements.filter((one) => !found.includes(one))) {
      changes.push({ ...place, attribute: "element", want: `${name} ${element}`, found: undefined });
      if (former.includes(element)) drift.push(`nft table ${table}: ${element} missing in ${name}`);
    }
    for (const element of found.filter((one) => !elements.includes(one))) {
      changes.push({ ...place, attribute: "element", want: false, found: `${name} ${element}` });
      if (!former.includes(element)) drift.push(`nft table ${table}: ${element} left over in ${name}`);
    }
  }
  if (changes.length > 0) scene.steps.push({ op: "change", object: filter, changes, mark, drift });
  return seen.sets;
}

/** What of a table but its elements is not as wanted, in words. */
function differences(filter: FilterObject, seen: ObservedTable): string[] {
  const wrong = filter.counters.filter((name) => !seen.counters.has(name)).map((name) => `counter ${name} missing`);
  for (const { name, type } of filter.sets) {
    const found = seen.sets.get(name)?.type;
    if (found !== type) wrong.push(`set ${name} of type ${found ?? "none"}, want ${type}`);
  }
  for (const { name, hook, rules } of filter.chains) {
    const found = seen.chains.get(name);
    const want = hook === undefined ? undefined : `${hook.at} ${hook.priority} accept`;
    if (found === undefined) wrong.push(`chain ${name} missing`);
    else if (found.hook !== want) wrong.push(`chain ${name} at ${found.hook ?? "nothing"}, want ${want ?? "nothing"}`);
    else if (
      found.rules.length !== rules.length ||
      !rules.every((rule, index) => isRule(found.rules[index] ?? "", rule))
    )
      wrong.push(`rules of chain ${name} changed`);
  }
  const known = new Set(filter.chains.map(({ name }) => name));
  return [
    ...wrong,
    ...[...seen.chains.keys()].filter((name) => !known.has(name)).map((name) => `chain ${name} left over`),
  ];
}

function filterIn(scene: Scene, namespace: string): FilterObject | undefined {
  const filter = scene.input.desired.find((object) => object.kind === "filter" && object.namespace === namespace);
  return filter?.kind === "filter" ? filter : undefined;
}

/** The table of an overlay's namespace; `undefined`: nobody looked. One of a namespace that is made anew is not there. */
function tableIn(scene: Scene, namespace: NamespaceName): ObservedTable | "absent" | undefined {
  const state = scene.namespaces.get(namespace);
  if (state === "absent") return "absent";
  return typeof state === "object" ? scene.input.tables?.get(namespace) : undefined;
}

function remove(scene: Scene, object: FilterId, mark: Mark): void {
  const drift = [`nft table ${object.table} left over`];
  scene.steps.push({ op: "delete", object, frees: [], restores: [], mark, drift });
}
