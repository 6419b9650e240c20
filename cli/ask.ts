import {
  HostProblem,
  Inspection,
  type OperatorAsk,
  type OperatorHost,
  type RecordEntry,
  RecordsEnd,
  RecordsPart,
  OperatorRequest,
  UsageError,
} from "@overlaynet/core/operator/index";
import { allPrintable } from "@overlaynet/core/printable";
import type { Greeting } from "@overlaynet/core/protocol";
import type * as z from "zod";

/** Milliseconds for an answer: two hundred containers are compared within a few seconds, on a busy host more. */
const deadline = 60_000;

/** The most records that a host may tell: ten times what a resolver is made for. */
const mostRecords = 1_000_000;

/** Who answers on a host. @throws HostProblem */
export async function greetingOf(host: OperatorHost): Promise<Greeting> {
  return allPrintable(await host.greet());
}

/** Asks a host, and reads its answer. @throws HostProblem; UsageError when the request itself makes no sense */
export async function askFor<T>(
  host: OperatorHost,
  ask: OperatorAsk,
  form: z.ZodType<T>,
  more?: (part: unknown) => void,
  limit = deadline,
): Promise<T> {
  const request = OperatorRequest.safeParse({ id: 0, ...ask });
  if (!request.success) {
    throw new UsageError(request.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  }
  return read(host, form, await host.ask(ask, limit, more));
}

/** @throws HostProblem */
export function inspection(host: OperatorHost, overlay?: string): Promise<Inspection> {
  return askFor(host, { op: "inspect", ...(overlay === undefined ? {} : { overlay }) }, Inspection);
}

/** The records of an overlay on a host, in order of address. @throws HostProblem */
export async function recordsOn(
  host: OperatorHost,
  overlay: string,
  limit?: number,
): Promise<{ readonly records: readonly RecordEntry[]; readonly end: RecordsEnd }> {
  const records: RecordEntry[] = [];
  const ask = { op: "records", overlay, ...(limit === undefined ? {} : { limit }) } as const;
  const end = await askFor(host, ask, RecordsEnd, (part) => {
    const { records: told } = read(host, RecordsPart, part);
    if (records.length + told.length > (limit ?? mostRecords)) {
      throw new HostProblem("unfit", `${host.name}: its agent tells more records than it was asked for`);
    }
    records.push(...told);
  });
  return { records, end };
}

/** Reads what a host said, with nothing in its texts that a terminal obeys: containers name devices, users of a host name files among records. @throws HostProblem */
export function read<T>(host: OperatorHost, form: z.ZodType<T>, value: unknown): T {
  const result = form.safeParse(value);
  if (result.success) return allPrintable(result.data);
  const where = result.error.issues.map((issue) => issue.path.join(".")).join(", ");
  throw new HostProblem(
    "unfit",
    `${host.name}: its agent's answer was not understood (${where}); is this command too old?`,
  );
}
