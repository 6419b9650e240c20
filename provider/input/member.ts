import { type Cidr, type Ip, type Mtu, type Port, schema } from "@overlaynet/core";
import { z } from "zod";
import { isUnknown } from "../bag.js";
import type { Bag, CheckFailure } from "../engine.js";
import { type HostInputs, hostsIn, type HostTexts } from "../hosts.js";
import { failure, known } from "./field.js";
import { connectionWordsSchema, hostTextsSchema } from "./host.js";
import { nameSentence } from "./overlay.js";
import { type OwnerInput, resourceName } from "./common.js";

/** What a Container or NeighEntry keeps of its overlay: the program's own arguments, not the Overlay's outputs, which one secret would make secret as a whole. */
export interface OverlayPart {
  readonly name: string;
  readonly cidr: string;
  readonly gateway: string;
  readonly port: number;
  readonly mtu: number;
  readonly hosts: HostTexts;
  /** What belongs to every line of hosts. */
  readonly connection?: string | undefined;
}

const partSchema = z.strictObject({
  name: known(schema.name),
  cidr: known(schema.cidr),
  gateway: known(schema.ip),
  port: known(schema.port).default(4789 as never),
  mtu: known(schema.mtu).default(1450 as never),
  hosts: known(hostTextsSchema),
  connection: known(connectionWordsSchema).optional(),
});

/** Inputs of both members. */
export const memberFields = {
  overlayId: schema.identifier,
  overlay: partSchema,
  name: schema.name.optional(),
  ip: schema.ip,
  mac: schema.mac.optional(),
};

/** The hosts of the overlay. */
export function hostsOf({ hosts, connection }: OverlayPart): HostInputs {
  return hostsIn(hosts, connection);
}

/** What is known of the overlay at this time. */
export interface KnownPart {
  readonly cidr: Cidr | undefined;
  readonly gateway: Ip | undefined;
  readonly port: Port | undefined;
  readonly mtu: Mtu | undefined;
  readonly hosts: HostTexts | undefined;
}

/** The parts of the overlay that are not unknown. */
export function knownPart(part: z.infer<typeof partSchema> | undefined): KnownPart {
  const pick = <T>(value: T | undefined): T | undefined => (isUnknown(value) ? undefined : value);
  return {
    cidr: pick(part?.cidr),
    gateway: pick(part?.gateway),
    port: pick(part?.port),
    mtu: pick(part?.mtu),
    hosts: pick(part?.hosts),
  };
}

/** Why a host's name is not one of the overlay's hosts, as a sentence; undefined when it is, or when that cannot be known yet. */
export function hostSentence(hosts: HostTexts | undefined, name: string | undefined): string | undefined {
  if (hosts === undefined || name === undefined || Object.hasOwn(hosts, name)) return undefined;
  return `expected one of the overlay's hosts (${Object.keys(hosts).sort().join(", ")}), got ${JSON.stringify(name)}`;
}

/** Gives the resource its name in the program when it has no other. */
export function nameFromResource(inputs: Bag, owner: OwnerInput | undefined, failures: CheckFailure[]): void {
  if (inputs["name"] !== undefined) return;
  const name = resourceName(owner);
  if (name === undefined) return;
  const sentence = nameSentence(name);
  if (sentence === undefined) inputs["name"] = name;
  else failures.push(failure("name", `${sentence}; it was taken from the resource's name: give one`));
}
