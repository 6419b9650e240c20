import { InvalidValue, isUnicast, parseName, schema } from "@overlaynet/core";
import { z } from "zod";
import { isUnknown } from "../bag.js";
import type { HostInput, HostInputs } from "../hosts.js";
import { connectionSchema } from "./connection.js";
import { known, refuse } from "./field.js";

const hostSchema: z.ZodType<HostInput> = z.strictObject({
  address: known(schema.ip),
  connection: known(connectionSchema.optional()).optional(),
});

/** The hosts of an overlay: at least one, each with a proper name and an address of its own. */
export const hostsSchema: z.ZodType<HostInputs> = z
  .record(z.string(), known(hostSchema))
  .superRefine((hosts, context) => {
    const names = Object.keys(hosts);
    if (names.length === 0) refuse(context, [], "expected at least one host, got none");
    const seen = new Map<string, string>();
    for (const name of names.sort()) {
      checkName(name, context);
      const address = (hosts[name] as { address?: unknown } | undefined)?.address;
      if (typeof address !== "string" || isUnknown(address)) continue;
      if (!isUnicast(address as never)) {
        refuse(context, [name, "address"], `expected an address that a host can have, got ${address}`);
      }
      const other = seen.get(address);
      if (other === undefined) seen.set(address, name);
      else refuse(context, [name, "address"], `expected an address of its own, got ${address}, which is ${other}'s`);
    }
  });

function checkName(name: string, context: z.RefinementCtx): void {
  try {
    parseName(name);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    refuse(context, [name], error.message);
  }
}
