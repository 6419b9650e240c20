import { NeighSpec } from "@overlaynet/core";
import { checkNeighEntry, type NeighEntryInputs, vtepOf } from "../input/neigh-entry.js";
import { hostsOf } from "../input/member.js";
import type { MemberKind } from "./member-kind.js";

/** An endpoint outside Pulumi's care: who it is and behind which VTEP, told to the hosts. */
export const neighEntryKind: MemberKind<NeighEntryInputs> = {
  title: "NeighEntry",
  kind: "neigh",
  fields: [
    "overlayId",
    "overlay",
    "name",
    "ip",
    "mac",
    "vtep",
    "port",
    "hosts",
    "adopt",
    "deleteUnreachable",
    "timeouts",
    "owner",
  ],
  identity: ["overlayId", "name"],
  check: checkNeighEntry,
  spec: ({ overlayId, overlay, name, ip, mac, vtep }) => {
    const address = vtepOf(hostsOf(overlay), vtep);
    return NeighSpec.parse({ kind: "neigh", overlay: overlay.name, overlayId, name, ip, mac, vtep: address });
  },
  hosts: ({ overlay, hosts }) => {
    const all = hostsOf(overlay);
    if (hosts === undefined) return all;
    const told = Object.entries(all).filter(([name]) => hosts.includes(name));
    return Object.fromEntries(told);
  },
  home: () => undefined,
  computed: () => ({}),
};
