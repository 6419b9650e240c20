import type { Effort, Fleet, HostSession } from "../fleet.js";
import type { Host } from "../hosts.js";

/**
 * Leaves hosts as they were that were made ready for work which is not begun after all. An agent that was put there for nothing goes with a request to remove what is not there: on a host without overlays it removes
 * itself. Where none answers, what an installation left is cleared away.
 *
 * @returns the hosts that could not be asked, and may hold something still
 */
export async function takeBack(
  fleet: Fleet,
  hosts: readonly Host[],
  sessions: ReadonlyMap<string, HostSession>,
  effort: Effort,
  remove: (session: HostSession) => Promise<unknown>,
): Promise<Host[]> {
  const outcomes = await Promise.allSettled(
    hosts.map((host) => {
      const session = sessions.get(host.name);
      return session === undefined ? fleet.clear(host, { ...effort, required: false }) : remove(session);
    }),
  );
  return hosts.filter((_, index) => outcomes[index]?.status === "rejected");
}
