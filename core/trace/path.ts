import type { Hop } from "./hop.js";
import {
  admissionHop,
  bridgeHop,
  containerHop,
  deviceHop,
  namespaceHop,
  neighbourHop,
  portHop,
  routeHop,
} from "./inside.js";
import type { Watched } from "./loss.js";
import { arrivalHops, forwardingHop, proxyHop, recordHop, resolverHop, underlayHop } from "./tunnel.js";

/** All hops of a packet and of its answer, in their order. @param to absent when nothing is known of that end: it could not be asked, or is none of ours */
export function hopsOf(from: Watched, to: Watched | undefined): Hop[] {
  const remote = from.facts.underlay !== undefined || to === undefined;
  const inside = [containerHop, routeHop, neighbourHop, namespaceHop, portHop, bridgeHop];
  return [
    ...inside.map((of) => of(from, "there")),
    ...(remote ? [deviceHop(from, "there"), ...tunnel(from, "there")] : []),
    ...(to === undefined ? [] : arriving(to, "there", remote)),
    ...(to === undefined ? [] : [routeHop(to, "back"), neighbourHop(to, "back")]),
    ...(to === undefined || !remote ? [] : [...tunnel(to, "back"), ...arrivalHops(from, "back")]),
    ...(to === undefined ? [] : [admissionHop(from, "back")]),
  ];
}

/** From the VXLAN device to the other host. */
function tunnel(end: Watched, way: Hop["way"]): Hop[] {
  const hops = [recordHop, proxyHop, forwardingHop, resolverHop, underlayHop].map((of) => of(end, way));
  return hops.filter((one) => one !== undefined);
}

/** From the underlay, or the bridge of the same host, into the container. */
function arriving(end: Watched, way: Hop["way"], remote: boolean): Hop[] {
  const outer = remote
    ? [...arrivalHops(end, way), namespaceHop(end, way), deviceHop(end, way), bridgeHop(end, way)]
    : [];
  return [...outer, portHop(end, way), containerHop(end, way), admissionHop(end, way)];
}

/** The first hop where something is wrong; what may be a consequence counts when nothing else is. */
export function firstWrong(hops: readonly Hop[]): Hop | undefined {
  return hops.find(({ state }) => state === "wrong") ?? hops.find(({ state }) => state === "doubtful");
}
