import {
  type Cidr,
  contains,
  InvalidValue,
  type Ip,
  isHostAddress,
  isUnicast,
  parseName,
  schema,
} from "@overlaynet/core";
import { z } from "zod";
import { isUnknown, unknownValue } from "../bag.js";
import type { Bag, CheckResult } from "../engine.js";
import type { HostInputs } from "../hosts.js";
import { commonFields, fill, given, type OwnerInput, resourceName, type Timeouts } from "./common.js";
import { checkFields, failure, known } from "./field.js";
import { hostsSchema } from "./host.js";

/** An Overlay's inputs after check. */
export interface OverlayInputs {
  readonly name: string;
  readonly vni: number;
  readonly cidr: string;
  readonly gateway: string;
  readonly port: number;
  readonly mtu: number;
  readonly namespace: string;
  readonly bridge: string;
  readonly device: string;
  readonly learning: boolean;
  readonly resolve: "push" | "miss";
  readonly storage: string;
  readonly trustedVteps?: readonly string[];
  readonly allowUnknownVteps?: boolean;
  readonly hosts: HostInputs;
  readonly owner: OwnerInput;
  readonly adopt: boolean;
  readonly deleteUnreachable: boolean;
  readonly timeouts?: Timeouts;
}

const fields = {
  ...commonFields,
  name: schema.name.optional(),
  vni: schema.vni,
  cidr: schema.cidr,
  gateway: schema.ip,
  port: schema.port.default(4789 as never),
  mtu: schema.mtu.default(1450 as never),
  namespace: schema.namespaceName.optional(),
  bridge: schema.interfaceName.default("br0" as never),
  device: schema.interfaceName.default("vxlan1" as never),
  learning: z.boolean().default(false),
  resolve: z.enum(["push", "miss"]).default("push"),
  storage: schema.absolutePath.optional(),
  trustedVteps: z.array(known(schema.ip)).optional(),
  allowUnknownVteps: z.boolean().optional(),
  hosts: hostsSchema,
};

/** Reads an Overlay's inputs: defaults, normal forms, and every conflict that they alone can show. */
export function checkOverlay(news: Bag): CheckResult {
  const { values, inputs, failures } = checkFields(fields, given(news));
  if (values.name === undefined && inputs["name"] === undefined) {
    const name = resourceName(values.owner);
    if (name !== undefined) {
      const sentence = nameSentence(name);
      if (sentence === undefined) inputs["name"] = name;
      else failures.push(failure("name", `${sentence}; it was taken from the resource's name: give one`));
    }
  }
  const name = inputs["name"];
  if (isUnknown(inputs["vni"])) fill(inputs, "namespace", unknownValue);
  else if (values.vni !== undefined) fill(inputs, "namespace", `overns-${values.vni}`);
  if (typeof name === "string") {
    fill(inputs, "storage", isUnknown(name) ? unknownValue : `/var/lib/overlaynet/${name}/records`);
  }
  const { cidr, gateway, bridge, device } = values;
  if (cidr !== undefined && gateway !== undefined) {
    const sentence = hostAddressSentence(cidr, gateway);
    if (sentence !== undefined) failures.push(failure("gateway", sentence));
  }
  if (bridge !== undefined && bridge === (device as string | undefined)) {
    failures.push(failure("device", `expected a name other than the bridge's, got ${bridge}`));
  }
  for (const key of ["bridge", "device"] as const) {
    const given = values[key];
    if (given !== undefined && /^vethO\d+$/.test(given)) {
      failures.push(failure(key, `expected a name other than vethO<number>, which is a container's, got ${given}`));
    }
  }
  return { inputs, failures };
}

/** Why an address cannot be a machine's in the network, as a sentence; undefined when it can. */
export function hostAddressSentence(cidr: Cidr, ip: Ip): string | undefined {
  if (!contains(cidr, ip)) return `expected an address in ${cidr}, got ${ip}`;
  if (!isHostAddress(cidr, ip)) return `expected an address other than the first and the last of ${cidr}, got ${ip}`;
  return isUnicast(ip) ? undefined : `expected a unicast address, got ${ip}`;
}

/** Why a text cannot be a name, as a sentence; undefined when it can. */
export function nameSentence(name: string): string | undefined {
  try {
    parseName(name);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidValue) return error.message;
    throw error;
  }
}
