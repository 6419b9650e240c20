import { InvalidValue, isUnicast, parseName, schema } from "@overlaynet/core";
import { z } from "zod";
import { isUnknown } from "../bag.js";
import type { HostInput, HostInputs, HostTexts } from "../hosts.js";
import { connectionSchema } from "./connection.js";
import { known, refuse } from "./field.js";
import { hostOfText } from "./host-text.js";

const hostSchema: z.ZodType<HostInput> = z.strictObject({
  address: known(schema.ip),
  connection: known(connectionSchema.optional()).optional(),
});

/** A host in a line, or in the form of a program's arguments: whatever its form, its values are checked alike. */
const hostTextSchema: z.ZodType<HostInput | string> = z.unknown().transform((given, context) => {
  const host = typeof given === "string" ? hostOfText(given) : given;
  if (typeof given === "string" && host === undefined) {
    refuse(context, [], "expected an object { address, connection }, got a text");
    return z.NEVER;
  }
  const result = known(hostSchema).safeParse(host);
  if (result.success) return typeof given === "string" ? given : result.data;
  for (const { path, message } of result.error.issues) refuse(context, [...path], message);
  return z.NEVER;
});

/** Words that belong to every line, checked as a connection is. */
export const connectionWordsSchema: z.ZodType<string> = z.string().superRefine((words, context) => {
  const host = hostOfText("192.0.2.1", words);
  if (host === undefined) {
    refuse(context, [], "expected what hosts have in common, as this package writes it");
    return;
  }
  const result = known(connectionSchema).safeParse(host.connection);
  for (const { path, message } of result.error?.issues ?? []) refuse(context, [...path], message);
});

/** The hosts of an overlay: at least one, each with a proper name and an address of its own. */
export const hostsSchema: z.ZodType<HostInputs> = hostsOf(hostSchema);

/** The same as members of an overlay have them. */
export const hostTextsSchema: z.ZodType<HostTexts> = hostsOf(hostTextSchema);

function hostsOf<T extends HostInput | string>(schema: z.ZodType<T>): z.ZodType<Record<string, T>> {
  return z.record(z.string(), known(schema)).superRefine((hosts, context) => {
    const names = Object.keys(hosts);
    if (names.length === 0) refuse(context, [], "expected at least one host, got none");
    const seen = new Map<string, string>();
    for (const name of names.sort()) {
      checkName(name, context);
      const address = addressIn(hosts[name]);
      if (typeof address !== "string" || isUnknown(address)) continue;
      if (!isUnicast(address as never)) {
        refuse(context, [name, "address"], `expected an address that a host can have, got ${address}`);
      }
      const other = seen.get(address);
      if (other === undefined) seen.set(address, name);
      else refuse(context, [name, "address"], `expected an address of its own, got ${address}, which is ${other}'s`);
    }
  });
}

function addressIn(host: HostInput | string | undefined): unknown {
  return typeof host === "string" && !isUnknown(host)
    ? hostOfText(host)?.address
    : (host as Partial<HostInput> | undefined)?.address;
}

function checkName(name: string, context: z.RefinementCtx): void {
  try {
    parseName(name);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    refuse(context, [name], error.message);
  }
}
