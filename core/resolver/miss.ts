import type { Ip, Mac } from "../model/index.js";
import type { Records, ResolverConfig } from "../records.js";
import type { Action } from "./entry.js";
import { placeOf, wantedForwarding } from "./wanted.js";

/** The kernel's notice that the VXLAN device lacks an entry: the MAC of an address (L3), or the VTEP of a MAC (L2). */
export type Miss =
  | { readonly layer: "l3"; readonly ip: Ip }
  | { readonly layer: "l2"; readonly mac: Mac }
  /** IPv6 neighbour discovery: there are no such records. */
  | { readonly layer: "ipv6" };

/** Why a miss gets no answer. */
export type Unanswered = "unknown" | "local" | "gateway" | "outside" | "ipv6";

export type MissAnswer =
  | {
      readonly is: "answered";
      readonly actions: readonly Action[];
      /** Tell the waiting container by an injected ARP reply: without one it waits a second for its own next request. */
      readonly announce?: { readonly ip: Ip; readonly mac: Mac };
    }
  | { readonly is: Unanswered };

/**
 * What to do about a miss. An L3 miss is answered with both entries at once: with one alone the first packet would raise an L2 miss, and
 * the kernel drops that packet instead of queueing it.
 */
export function answerMiss(records: Records, config: ResolverConfig, miss: Miss): MissAnswer {
  switch (miss.layer) {
    case "ipv6":
      return { is: "ipv6" };
    case "l2":
      return answerL2(records, config, miss.mac);
    case "l3":
      return answerL3(records, config, miss.ip);
  }
}

function answerL3(records: Records, config: ResolverConfig, ip: Ip): MissAnswer {
  const place = placeOf(records, config, ip);
  switch (place.is) {
    case "remote":
      return {
        is: "answered",
        actions: [
          { do: "set-forwarding", mac: place.mac, vtep: place.vtep, permanent: !config.learning },
          { do: "set-neighbour", ip, mac: place.mac },
        ],
        announce: { ip, mac: place.mac },
      };
    case "unplaced":
      if (!config.learning) return { is: "unknown" };
      return {
        is: "answered",
        actions: [{ do: "set-neighbour", ip, mac: place.mac }],
        announce: { ip, mac: place.mac },
      };
    case "local":
    case "gateway":
    case "outside":
    case "unknown":
      return { is: place.is };
  }
}

function answerL2(records: Records, config: ResolverConfig, mac: Mac): MissAnswer {
  const vtep = wantedForwarding(records, config, mac);
  if (vtep !== undefined) {
    return { is: "answered", actions: [{ do: "set-forwarding", mac, vtep, permanent: !config.learning }] };
  }
  return { is: records.fdb.has(mac) ? "local" : "unknown" };
}

/** Whether an answered miss should not have happened, because what it asked for is pushed ahead of need: the sign that entries were lost. */
export function isUnexpected(config: ResolverConfig, miss: Miss): boolean {
  return config.resolve === "push" && !(config.learning && miss.layer === "l2");
}
