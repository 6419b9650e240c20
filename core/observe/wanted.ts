import type { KernelObject } from "../desired/object.js";

/** Every namespace that the objects are in. */
export function namespacesOf(objects: readonly KernelObject[]): string[] {
  const names = objects.flatMap((object) =>
    object.kind === "veth" ? [object.namespace, object.peer.namespace] : [object.namespace],
  );
  return [...new Set<string>(names)];
}

/** The namespaces among them where port entries have to be looked at. */
export function portNamespacesOf(objects: readonly KernelObject[]): string[] {
  return [...new Set<string>(objects.filter(({ kind }) => kind === "port-entry").map(({ namespace }) => namespace))];
}
