import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Desired, type Owner, Spec } from "@overlaynet/core";
import type { ApplyRequest, RemoveRequest } from "@overlaynet/core/protocol";
import { targetOf } from "@overlaynet/core";
import { type Paths, pathsUnder } from "@overlaynet/agent/store/paths";

/** Everything of one test under a folder of its own. */
export function temporaryPaths(): { paths: Paths; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), "overlaynet-test-"));
  return {
    paths: pathsUnder(root),
    remove: () => {
      rmSync(root, { recursive: true });
    },
  };
}

export function owner(resource: string, changes: Partial<Owner> = {}): Owner {
  return { uid: `uid-${resource}`, project: "shop", stack: "test", resource, ...changes };
}

export function overlay(changes: Record<string, unknown> = {}): Spec {
  return Spec.parse({
    kind: "overlay",
    overlay: "lab",
    overlayId: "lab-1",
    host: "a",
    hosts: { a: "192.168.64.27", b: "192.168.64.28" },
    vni: 42,
    cidr: "7.7.7.0/24",
    gateway: "7.7.7.1",
    port: 4789,
    mtu: 1450,
    namespace: "overns",
    bridge: "br0",
    device: "vxlan1",
    learning: false,
    resolve: "push",
    storage: "/var/lib/overlaynet/lab/records",
    leaving: false,
    ...changes,
  });
}

export function container(name: string, last: number, changes: Record<string, unknown> = {}): Spec {
  return Spec.parse({
    kind: "container",
    overlay: "lab",
    overlayId: "lab-1",
    name,
    host: "a",
    vtep: "192.168.64.27",
    ip: `7.7.7.${last}`,
    mac: `02:42:07:07:07:${last.toString(16).padStart(2, "0")}`,
    mtu: 1450,
    interface: "eth0",
    gateway: false,
    ...changes,
  });
}

export function neigh(name: string, last: number, changes: Record<string, unknown> = {}): Spec {
  return Spec.parse({
    kind: "neigh",
    overlay: "lab",
    overlayId: "lab-1",
    name,
    ip: `7.7.7.${last}`,
    mac: `02:42:c0:a8:00:${last.toString(16).padStart(2, "0")}`,
    vtep: "192.168.64.40",
    ...changes,
  });
}

function resourceOf(spec: Spec): string {
  return spec.kind === "overlay" ? spec.overlay : spec.name;
}

export function desired(spec: Spec, changes: Partial<Owner> = {}, generation = 1): Desired {
  return { schemaVersion: 1, owner: owner(resourceOf(spec), changes), generation, spec };
}

export function apply(id: number, spec: Spec, changes: Partial<Owner> = {}, generation = 1): ApplyRequest {
  return { id, op: "apply", owner: owner(resourceOf(spec), changes), generation, spec, adopt: false };
}

export function remove(id: number, spec: Spec, changes: Partial<Owner> = {}, generation = 1): RemoveRequest {
  const { overlayId } = spec;
  const target = targetOf(spec) as RemoveRequest["target"];
  return { id, op: "remove", owner: owner(resourceOf(spec), changes), generation, target, overlayId };
}
