import { HostProblem, PathFacts } from "@overlaynet/core/operator/index";
import type { Fault, Hop } from "@overlaynet/core/trace/index";
import { askFor } from "../ask.js";
import type { Found } from "../find.js";
import { problemOfHost } from "../status/problems.js";

/** What one end's host said of the path, or why nothing is known of it. */
export type Told =
  { readonly facts: PathFacts; readonly hop?: undefined } | { readonly hop: Hop; readonly problem: HostProblem };

/** Asks a container's host for all that decides what becomes of packets between it and an address. */
export async function factsOf({ host, container }: Found, address: string, way: Hop["way"]): Promise<Told> {
  const { overlay, name } = container;
  try {
    return { facts: await askFor(host, { op: "path", overlay, container: name, address }, PathFacts) };
  } catch (error) {
    if (!(error instanceof HostProblem)) throw error;
    return { hop: silentHop(host.name, way, error), problem: error };
  }
}

/** A host that does not answer is no proof that packets do not pass; one without the container is. */
function silentHop(host: string, way: Hop["way"], error: HostProblem): Hop {
  const { what, mend } = problemOfHost(host, error);
  const isLost = error.kind === "failed";
  const fault: Fault = { cause: what, mend: isLost ? "`pulumi refresh` and `pulumi up` put it there" : mend };
  return {
    host,
    way,
    name: "host",
    seen: isLost ? "answers" : "not reachable",
    state: isLost ? "wrong" : "unknown",
    fault,
  };
}
