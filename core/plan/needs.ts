import type { KernelObject } from "../desired/object.js";
import type { DeleteStep, Step } from "./step.js";

/**
 * Whether a step cannot succeed, or must not be run, when another has failed: the directly needed only. Changes in place are needed by nobody, except that a route wants its
 * device up, a port's entries its bridge, and what is on a device that is renamed its new name.
 */
export function needs(step: Step, failed: Step): boolean {
  if (step === failed) return false;
  switch (failed.op) {
    case "add":
      return step.op !== "delete" && needsObject(step.object, failed.object);
    case "change":
      if (failed.object.kind === "filter") return step.op === "add" && needsObject(step.object, failed.object);
      // Entries of a port that is renamed are spoken of by its new name.
      if (failed.changes.some(({ attribute }) => attribute === "name")) return isOnDevice(step, failed.object);
      // A device that is no bridge's port has no entries: "Operation not supported" (rtnl_fdb_add in net/core/rtnetlink.c).
      if (step.object.kind === "port-entry" && failed.changes.some(({ attribute }) => attribute === "master")) {
        return isOnDevice(step, failed.object);
      }
      return step.op !== "delete" && step.object.kind === "route" && isPeerOf(step.object, failed.object);
    case "delete":
      return step.op === "delete" ? outlives(step, failed) : failed.frees.includes(step.object);
  }
}

/** Every step that cannot be done because of the failed ones, without these themselves. */
export function blocked(steps: readonly Step[], failed: Iterable<Step>): Set<Step> {
  const bad = new Set(failed);
  const result = new Set<Step>();
  for (const cause of bad) {
    for (const step of steps) {
      if (bad.has(step) || !needs(step, cause)) continue;
      // A Set is walked in the order of insertion, what is added meanwhile included.
      bad.add(step);
      result.add(step);
    }
  }
  return result;
}

function needsObject(object: KernelObject, needed: KernelObject): boolean {
  switch (needed.kind) {
    case "namespace":
      return (
        object.kind !== "namespace" &&
        (object.namespace === needed.namespace ||
          (object.kind === "veth" && object.peer.namespace === needed.namespace))
      );
    case "bridge":
      return isOn(object, needed) || ("master" in object && isIn(object, needed) && object.master === needed.name);
    case "vxlan":
      return isOn(object, needed);
    case "veth":
      return isOn(object, needed) || isPeerOf(object, needed);
    case "address":
      return object.kind === "route" && isIn(object, needed) && object.device === needed.device;
    case "route":
    case "port-entry":
      return false;
    case "filter":
      // Fail closed: no device, and no port, without what stands before it.
      return object.kind === (needed.family === "ip" ? "vxlan" : "guard");
    case "guard":
      return object.kind === "veth" && isIn(object, needed) && object.name === needed.port;
  }
}

function isIn(object: KernelObject, other: KernelObject): boolean {
  return object.namespace === other.namespace;
}

function isOn(object: KernelObject, device: { readonly namespace: string; readonly name: string }): boolean {
  return "device" in object && object.namespace === device.namespace && object.device === device.name;
}

function isOnDevice({ object }: Step, device: KernelObject): boolean {
  return (
    "name" in device && "device" in object && object.namespace === device.namespace && object.device === device.name
  );
}

function isPeerOf(object: KernelObject, veth: KernelObject): boolean {
  return veth.kind === "veth" && isOn(object, veth.peer);
}

/** A namespace must not go while its VXLAN device is still there: the VNI would be held until the kernel has cleaned up. */
function outlives(step: DeleteStep, failed: DeleteStep): boolean {
  return (
    step.object.kind === "namespace" &&
    failed.object.kind === "vxlan" &&
    step.object.namespace === failed.object.namespace
  );
}
