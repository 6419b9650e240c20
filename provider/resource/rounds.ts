import type { HostSession, Services } from "../fleet.js";
import { HostFailure } from "../host-failure.js";

/** Milliseconds before a host that refused is asked again. */
const pauses = [300, 1000];

/**
 * In which order hosts are told of a member: the new home first, the old one last, so that a peer never hears of a place where nothing is yet. When
 * it does not move, all at once: two containers that swap their addresses have to come to every host in one batch.
 */
export function rounds(
  told: readonly HostSession[],
  home: string | undefined,
  oldHome: string | undefined,
): readonly (readonly HostSession[])[] {
  if (home === oldHome) return [told];
  return [
    told.filter(({ host }) => host.name === home),
    told.filter(({ host }) => host.name !== home && host.name !== oldHome),
    told.filter(({ host }) => host.name === oldHome),
  ];
}

/** A refusal may be about something that the same `up` is about to change, an address that another resource gives up: a host is asked again. */
export async function patiently<T>(services: Pick<Services, "wait">, apply: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await apply();
    } catch (error) {
      if (!(error instanceof HostFailure) || error.kind !== "refused") throw error;
    }
    await services.wait(pause);
  }
  return apply();
}
