import {
  type ContainerSpec,
  type Desired,
  isHostAddress,
  macOfBridge,
  type NeighSpec,
  type OverlaySpec,
  type Target,
  targetOf,
} from "@overlaynet/core";
import { isLocal } from "@overlaynet/core/desired/expand";
import { targetKey } from "../store/desired.js";
import { describe, describeOwner } from "./describe.js";

/** Something that cannot be on one host, or in one overlay, at the same time. */
export interface Conflict {
  /** The keys of those that take part. */
  readonly parties: readonly string[];
  /** A sentence for the one that has to yield; `isNew` says whether it was not on this host before. */
  message(yielding: string, isNew: boolean): string;
}

/** A desired state of a whole host, by {@link targetKey}. */
export type HostDesired = ReadonlyMap<string, Desired>;

/** Everything in a host's desired state that cannot be true together. `realPath` resolves links in the path of a storage folder. */
export function conflictsOf(all: HostDesired, realPath: (path: string) => string): Conflict[] {
  const overlays = new Map<string, OverlaySpec>();
  for (const { spec } of all.values()) if (spec.kind === "overlay") overlays.set(spec.overlay, spec);
  const claims = new Claims();
  const conflicts: Conflict[] = [];
  for (const desired of all.values()) {
    const { spec } = desired;
    if (spec.kind === "overlay") {
      claims.add(`VNI ${spec.vni} on UDP port ${spec.port}`, "choose another vni or port", desired);
      claims.add(`storage folder ${realPath(spec.storage)}`, "choose another storage", desired);
      claims.add(`network namespace "${spec.namespace}"`, "choose another namespace", desired);
      if (!Object.hasOwn(spec.hosts, spec.host)) {
        conflicts.push(
          alone(desired, `this host's name "${spec.host}" is not among the overlay's hosts; add it there`),
        );
      }
      continue;
    }
    const overlay = overlays.get(spec.overlay);
    if (overlay === undefined) {
      conflicts.push(alone(desired, `overlay "${spec.overlay}" is not on this host; apply the Overlay first`));
      continue;
    }
    claims.add(`address ${spec.ip} in overlay "${spec.overlay}"`, "choose another ip", desired);
    claims.add(`MAC ${spec.mac} in overlay "${spec.overlay}"`, "choose another mac", desired);
    if (spec.kind === "container" && isLocal(overlay, spec)) {
      claims.add(`network namespace "${spec.name}"`, "choose another name", desired);
    }
    const wrong = misfit(spec, overlay);
    if (wrong !== undefined) {
      const parties = [targetKey(targetOf(spec)), targetKey(targetOf(overlay))];
      conflicts.push({ parties, message: () => wrong });
    }
  }
  return [...conflicts, ...claims.conflicts()];
}

/** What of a container or neighbour entry does not fit its overlay. */
function misfit(spec: ContainerSpec | NeighSpec, overlay: OverlaySpec): string | undefined {
  const what = describe(targetOf(spec));
  if (spec.overlayId !== overlay.overlayId) {
    return `${what} belongs to another overlay "${spec.overlay}" (${spec.overlayId}) than the one on this host (${overlay.overlayId}), which was replaced meanwhile; refresh and run it again`;
  }
  if (!isHostAddress(overlay.cidr, spec.ip)) {
    return `${what} has the address ${spec.ip}, which is not a host's in the overlay's network ${overlay.cidr}; choose another ip`;
  }
  if (spec.ip === overlay.gateway) {
    return `${what} has the address ${spec.ip}, which is the overlay's gateway; choose another ip`;
  }
  if (spec.mac === macOfBridge(overlay.vni)) {
    return `${what} has the MAC ${spec.mac}, which is the overlay's bridge's; choose another mac`;
  }
  return undefined;
}

function alone(desired: Desired, reason: string): Conflict {
  const target = targetOf(desired.spec);
  return { parties: [targetKey(target)], message: () => `${describe(target)}: ${reason}` };
}

interface Claimed {
  readonly thing: string;
  readonly mend: string;
  readonly by: Desired[];
}

/** Who wants what; a thing that two want is a conflict. */
class Claims {
  readonly #claims = new Map<string, Claimed>();

  add(thing: string, mend: string, by: Desired): void {
    const claimed = this.#claims.get(thing);
    if (claimed === undefined) this.#claims.set(thing, { thing, mend, by: [by] });
    else claimed.by.push(by);
  }

  *conflicts(): Generator<Conflict> {
    for (const { thing, mend, by } of this.#claims.values()) {
      if (by.length < 2) continue;
      const named: readonly { key: string; target: Target; desired: Desired }[] = by.map((desired) => {
        const target = targetOf(desired.spec);
        return { key: targetKey(target), target, desired };
      });
      yield {
        parties: named.map((one) => one.key),
        message: (yielding, isNew) => {
          const others = named.filter((one) => one.key !== yielding);
          const holders = others.map((one) => `${describe(one.target)} (${describeOwner(one.desired.owner)})`);
          const [own] = named.filter((one) => one.key === yielding);
          return `${thing} is taken by ${holders.join(" and ")}; ${mend}, or remove that one${isNew ? succession(own?.desired, others[0]?.desired) : ""}`;
        },
      };
    }
  }
}

/** What helps when one container of a stack is to take another's place: the engine creates before it deletes, unless it knows that the two are one. */
function succession(own: Desired | undefined, other: Desired | undefined): string {
  if (own === undefined || other === undefined || own.spec.kind !== other.spec.kind || own.spec.kind === "overlay")
    return "";
  const [one, holder] = [own.owner, other.owner];
  if (one.project !== holder.project || one.stack !== holder.stack) return "";
  return ` first; to take its place in one \`pulumi up\`, give this one the option aliases: [{ name: "${holder.resource}" }]`;
}
