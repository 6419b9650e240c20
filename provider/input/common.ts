import { z } from "zod";
import { isUnknown } from "../bag.js";
import type { Bag } from "../engine.js";
import { known } from "./field.js";

/** Who a resource is, for messages and for recognising what an interrupted create left on a host. */
export interface OwnerInput {
  readonly project: string;
  readonly stack: string;
  readonly resource: string;
}

const ownerSchema: z.ZodType<OwnerInput> = z.strictObject({
  project: known(z.string()),
  stack: known(z.string()),
  resource: known(z.string()),
});

/** Limits of our own, because the engine's customTimeouts never reach a dynamic provider. */
export interface Timeouts {
  /** Seconds that one host has for one request. */
  readonly operation?: number | undefined;
  /** Seconds in which a host has to be reached, all dials together. */
  readonly connect?: number | undefined;
}

const seconds = known(
  z
    .number()
    .refine((given) => given > 0 && given <= 3600, "expected a number of seconds, at most 3600")
    .optional(),
).optional();

const timeoutsSchema: z.ZodType<Timeouts> = z.strictObject({ operation: seconds, connect: seconds });

/** Inputs that all three resources have. */
export const commonFields = {
  owner: ownerSchema,
  adopt: z.boolean().default(false),
  deleteUnreachable: z.boolean().default(false),
  timeouts: timeoutsSchema.optional(),
};

/** What the program gave, without what the SDK and a refresh add. */
export function given(news: Bag): Bag {
  const { __provider, drift: _drift, ...rest } = news;
  return rest;
}

/** The inputs with a default where nothing was given; a default that follows from what is not known yet is unknown as well. */
export function fill(inputs: Bag, name: string, value: unknown): void {
  if (inputs[name] === undefined && value !== undefined) inputs[name] = value;
}

/** The name of the resource in the program, when it is known. */
export function resourceName(owner: OwnerInput | undefined): string | undefined {
  return owner === undefined || isUnknown(owner.resource) ? undefined : owner.resource;
}
