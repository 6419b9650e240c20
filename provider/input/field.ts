import { z } from "zod";
import { isUnknown } from "../bag.js";
import type { CheckFailure } from "../engine.js";

/** How the inputs of one resource were read. */
export interface Checked<Values> {
  /** What was read: absent when it was not given, is not known yet, or was refused. */
  readonly values: Partial<Values>;
  /** What was given, the readable part of it normalised. */
  readonly inputs: Record<string, unknown>;
  readonly failures: CheckFailure[];
}

type Fields = Readonly<Record<string, z.ZodType>>;
type ValuesOf<F extends Fields> = { [Key in keyof F]: Exclude<z.infer<F[Key]>, undefined> };

/** A refusal with its path; the engine is not told the property, because it would print its value. */
export function failure(path: string, sentence: string): CheckFailure {
  return { property: "", reason: `${path}: ${sentence}` };
}

/**
 * Reads every input by its own schema, so that one that is refused does not hide another's failure, and conflicts between those that were read can still be found.
 * What is undefined or null counts as not given; inputs without a schema are refused by name.
 */
export function checkFields<F extends Fields>(fields: F, given: Record<string, unknown>): Checked<ValuesOf<F>> {
  const values: Record<string, unknown> = {};
  const inputs: Record<string, unknown> = {};
  const failures: CheckFailure[] = [];
  for (const [name, schema] of Object.entries(fields)) {
    const value = given[name] ?? undefined;
    const result = known(schema).safeParse(value);
    if (!result.success) {
      inputs[name] = value;
      for (const issue of result.error.issues) failures.push(failure(pathOf([name, ...issue.path]), issue.message));
    } else if (result.data !== undefined) {
      inputs[name] = result.data;
      if (!isUnknown(result.data)) values[name] = result.data;
    }
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(fields, name) && given[name] !== undefined)
      failures.push(failure(name, noSuchInput(Object.keys(fields))));
  }
  return { values: values as Partial<ValuesOf<F>>, inputs, failures };
}

/**
 * The schema, which lets a value pass that is not known yet, and whose issues are sentences that say what was expected and what was given. Every level of an input is wrapped: anything may be unknown.
 */
export function known<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.unknown().transform((given, context): T => {
    if (isUnknown(given)) return given as T;
    const result = schema.safeParse(given);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      for (const { path, message } of sentences(issue, given)) {
        context.addIssue({ code: "custom", path: [...path], message, input: undefined });
      }
    }
    return z.NEVER;
  });
}

/** An object of known members; absent members stay absent. */
export function members<Shape extends Record<string, z.ZodType>>(shape: Shape): z.ZodType<z.infer<z.ZodObject<Shape>>> {
  const wrapped = Object.fromEntries(Object.entries(shape).map(([key, schema]) => [key, known(schema).optional()]));
  return z.strictObject(wrapped) as unknown as z.ZodType<z.infer<z.ZodObject<Shape>>>;
}

/** A value whose text is never shown in a message. */
export function hidden(expected: string, test: (text: string) => boolean): z.ZodType<string> {
  return z.unknown().transform((given, context): string => {
    if (typeof given === "string" && test(given)) return given;
    const got = typeof given === "string" ? "something else, which is not shown" : kind(given);
    context.addIssue({ code: "custom", message: `expected ${expected}, got ${got}`, input: undefined });
    return z.NEVER;
  });
}

/** Adds a sentence at a path. */
export function refuse(context: z.RefinementCtx, path: PropertyKey[], message: string): void {
  context.addIssue({ code: "custom", path, message, input: undefined });
}

interface Sentence {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function sentences(issue: z.core.$ZodIssue, given: unknown): Sentence[] {
  const { path } = issue;
  const got = valueAt(given, path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const message = "no such input here; is it misspelt?";
      return issue.keys.map((key) => ({ path: [...path, key], message }));
    }
    case "invalid_type":
      return [{ path, message: `expected ${article(issue.expected)}, got ${kind(got)}` }];
    case "invalid_value": {
      const options = issue.values.map((value) => JSON.stringify(value)).join(" or ");
      return [
        { path, message: `expected ${options}, got ${typeof got === "string" ? JSON.stringify(got) : kind(got)}` },
      ];
    }
    case "custom":
      return [{ path, message: issue.message }];
    default:
      return [{ path, message: `${issue.message} (got ${kind(got)})` }];
  }
}

function noSuchInput(names: readonly string[]): string {
  return `no such input; there are ${names.join(", ")}`;
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((part) => String(part)).join(".");
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    given,
  );
}

/** The value by its kind alone: a text may be a secret that was put in the wrong place. */
function kind(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? "a text" : "an object";
}

function article(expected: string): string {
  const words: Record<string, string> = {
    nonoptional: "a value",
    string: "a text",
    boolean: "true or false",
    object: "an object",
    record: "an object",
    array: "a list",
  };
  return words[expected] ?? expected;
}
