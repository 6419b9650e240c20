import { InvalidValue, parseIp, schema } from "@overlaynet/core";
import { z } from "zod";
import { isUnknown } from "../bag.js";
import type { Bag, CheckResult } from "../engine.js";
import type { HostInputs } from "../hosts.js";
import { commonFields, given, type OwnerInput, type Timeouts } from "./common.js";
import { addressFailures } from "./container.js";
import { checkFields, failure, known } from "./field.js";
import { hostSentence, knownPart, memberFields, nameFromResource, type OverlayPart } from "./member.js";

/** A NeighEntry's inputs after check. */
export interface NeighEntryInputs {
  readonly overlayId: string;
  readonly overlay: OverlayPart;
  readonly name: string;
  readonly ip: string;
  readonly mac: string;
  /** The name of one of the overlay's hosts, or an underlay address. */
  readonly vtep: string;
  readonly port?: number;
  /** The hosts that are told, by name; absent: all. */
  readonly hosts?: readonly string[];
  readonly owner: OwnerInput;
  readonly adopt: boolean;
  readonly deleteUnreachable: boolean;
  readonly timeouts?: Timeouts;
}

const fields = {
  ...commonFields,
  ...memberFields,
  mac: schema.mac,
  vtep: z.string(),
  port: schema.port.optional(),
  hosts: z.array(known(schema.name)).min(1, "expected at least one host, or no list at all for all of them").optional(),
};

/** Reads a NeighEntry's inputs: defaults, normal forms, and every conflict that they alone can show. */
export function checkNeighEntry(news: Bag): CheckResult {
  const { values, inputs, failures } = checkFields(fields, given(news));
  nameFromResource(inputs, values.owner, failures);
  const part = knownPart(values.overlay);
  addressFailures(part, values.ip, failures);
  const { vtep, port } = values;
  if (
    vtep !== undefined &&
    part.hosts !== undefined &&
    !Object.hasOwn(part.hosts, vtep) &&
    vtepOf({}, vtep) === undefined
  ) {
    const names = Object.keys(part.hosts).sort().join(", ");
    failures.push(
      failure("vtep", `expected an IPv4 address or one of the overlay's hosts (${names}), got ${JSON.stringify(vtep)}`),
    );
  }
  if (part.port !== undefined && port !== undefined && port !== part.port) {
    const why = "one VXLAN device sends to one port, and hosts listen on it too";
    failures.push(failure("port", `expected the overlay's ${part.port}, got ${port}: ${why}`));
  }
  for (const [index, host] of (values.hosts ?? []).entries()) {
    const sentence = isUnknown(host) ? undefined : hostSentence(part.hosts, host);
    if (sentence !== undefined) failures.push(failure(`hosts.${index}`, sentence));
  }
  if (Array.isArray(inputs["hosts"])) inputs["hosts"] = [...new Set(inputs["hosts"] as string[])].sort();
  return { inputs, failures };
}

/** The underlay address that a vtep input means; undefined when it is neither a host of the overlay nor an address. */
export function vtepOf(hosts: HostInputs, vtep: string): string | undefined {
  if (Object.hasOwn(hosts, vtep)) return hosts[vtep]?.address;
  try {
    return parseIp(vtep);
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}
