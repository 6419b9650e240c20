import { portTable, vtepTable } from "../desired/filter.js";
import type { FilterId, KernelObject } from "../desired/object.js";
import type { NamespaceName } from "../model/index.js";
import { rootNamespace } from "./observed.js";

/** Every namespace with a name that the objects are in. */
export function namespacesOf(objects: readonly KernelObject[]): string[] {
  const names = objects.flatMap((object) =>
    object.kind === "veth" ? [object.namespace, object.peer.namespace] : [object.namespace],
  );
  return [...new Set<string>(names)].filter((name) => name !== rootNamespace);
}

/** The tables of nftables that an overlay has or had: one in the root namespace, one in each namespace of its. */
export function tablesOf(overlay: string, objects: readonly KernelObject[]): FilterId[] {
  const bridges = objects.filter(({ kind }) => kind === "bridge").map(({ namespace }) => namespace);
  const root = rootNamespace as NamespaceName;
  return [
    { kind: "filter", namespace: root, family: "ip", table: vtepTable(overlay) },
    ...[...new Set(bridges)].map(
      (namespace) => ({ kind: "filter", namespace, family: "bridge", table: portTable }) as const,
    ),
  ];
}

/** The namespaces among them where port entries have to be looked at. */
export function portNamespacesOf(objects: readonly KernelObject[]): string[] {
  return [...new Set<string>(objects.filter(({ kind }) => kind === "port-entry").map(({ namespace }) => namespace))];
}
