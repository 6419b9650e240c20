import { macOfIp, schema } from "@overlaynet/core";
import { z } from "zod";
import { isBag, isUnknown, unknownValue } from "../bag.js";
import type { Bag, CheckFailure, CheckResult } from "../engine.js";
import { commonFields, fill, given, type OwnerInput, type Timeouts } from "./common.js";
import { checkFields, failure } from "./field.js";
import { hostSentence, knownPart, memberFields, nameFromResource, type OverlayPart } from "./member.js";
import { hostAddressSentence } from "./overlay.js";

/** A Container's inputs after check. */
export interface ContainerInputs {
  readonly overlayId: string;
  readonly overlay: OverlayPart;
  readonly name: string;
  readonly host: string;
  readonly ip: string;
  readonly mac: string;
  readonly mtu: number;
  readonly interface: string;
  readonly gateway: boolean;
  readonly allowSpoofing?: boolean;
  readonly owner: OwnerInput;
  readonly adopt: boolean;
  readonly deleteUnreachable: boolean;
  readonly timeouts?: Timeouts;
}

const fields = {
  ...commonFields,
  ...memberFields,
  host: schema.name,
  mtu: schema.mtu.optional(),
  interface: schema.interfaceName.default("eth0" as never),
  gateway: z.boolean().default(false),
  allowSpoofing: z.boolean().optional(),
};

/** Reads a Container's inputs: defaults, normal forms, and every conflict that they alone can show. */
export function checkContainer(news: Bag): CheckResult {
  const { values, inputs, failures } = checkFields(fields, given(news));
  nameFromResource(inputs, values.owner, failures);
  fillFromAddress(inputs, values.ip);
  if (isBag(inputs["overlay"])) fill(inputs, "mtu", inputs["overlay"]["mtu"]);
  else if (isUnknown(inputs["overlay"])) fill(inputs, "mtu", unknownValue);
  const part = knownPart(values.overlay);
  addressFailures(part, values.ip, failures);
  const sentence = hostSentence(part.hosts, values.host);
  if (sentence !== undefined) failures.push(failure("host", sentence));
  if (part.mtu !== undefined && values.mtu !== undefined && values.mtu > part.mtu) {
    failures.push(failure("mtu", `expected at most the overlay's ${part.mtu}, got ${values.mtu}`));
  }
  return { inputs, failures };
}

/** Gives the inputs the MAC that follows from the address. */
export function fillFromAddress(inputs: Bag, ip: Parameters<typeof macOfIp>[0] | undefined): void {
  if (ip !== undefined) fill(inputs, "mac", macOfIp(ip));
  else if (isUnknown(inputs["ip"])) fill(inputs, "mac", unknownValue);
}

/** What is wrong with an address in an overlay. */
export function addressFailures(
  part: ReturnType<typeof knownPart>,
  ip: Parameters<typeof macOfIp>[0] | undefined,
  failures: CheckFailure[],
): void {
  if (part.cidr === undefined || ip === undefined) return;
  const sentence = hostAddressSentence(part.cidr, ip);
  if (sentence !== undefined) failures.push(failure("ip", sentence));
  else if (ip === part.gateway) {
    failures.push(failure("ip", `expected an address other than the gateway's, got ${ip}`));
  }
}
