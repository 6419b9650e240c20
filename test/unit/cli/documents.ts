import { DoctorDocument } from "@overlaynet/cli/document/doctor";
import { GraphDocument } from "@overlaynet/cli/document/graph";
import { MonitorDocument } from "@overlaynet/cli/document/monitor";
import { PingDocument } from "@overlaynet/cli/document/ping";
import { RecordsDocument, RecordsEditDocument } from "@overlaynet/cli/document/records";
import { StatusDocument } from "@overlaynet/cli/document/status";
import { TraceDocument } from "@overlaynet/cli/document/trace";
import { VersionDocument } from "@overlaynet/cli/document/version";
import * as z from "zod";

/** Every document that `--json` prints, by the name its verb's help calls it. */
export const documents: Readonly<Record<string, z.ZodType>> = {
  status: StatusDocument,
  records: RecordsDocument,
  "records put": RecordsEditDocument,
  ping: PingDocument,
  doctor: DoctorDocument,
  trace: TraceDocument,
  graph: GraphDocument,
  monitor: MonitorDocument,
  version: VersionDocument,
};

interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}

/** A document's fields as a table for docs/cli.md: `hosts[].name`, what it is, what it means. */
export function fieldsOf(document: z.ZodType): string {
  const schema = z.toJSONSchema(document) as Schema;
  const rows = members(schema, "").map(([field, type, meaning]) => `| \`${field}\` | ${type} | ${meaning} |`);
  return ["| field | type | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

function members(schema: Schema, path: string): [field: string, type: string, meaning: string][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const optional = schema.required?.includes(name) === true ? "" : "?";
    const field = `${path}${name}${optional}`;
    const own: [string, string, string] = [field, typeOf(member), member.description ?? ""];
    const inner = member.items ?? member;
    return [own, ...members(inner, `${path}${name}${member.items === undefined ? "." : "[]."}`)];
  });
}

function typeOf({ type, const: constant, enum: values, anyOf, oneOf, items, additionalProperties }: Schema): string {
  if (constant !== undefined) return `\`${JSON.stringify(constant)}\``;
  if (values !== undefined) return values.map((value) => `\`${JSON.stringify(value)}\``).join(" ");
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return choices.map(typeOf).join(" or ");
  if (items !== undefined) return `array of ${typeOf(items)}`;
  if (typeof additionalProperties === "object") return `object of ${typeOf(additionalProperties)}`;
  return String(type ?? "any");
}
