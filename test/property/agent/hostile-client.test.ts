import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { BatchRequest } from "@overlaynet/agent/session/queue";
import { Session } from "@overlaynet/agent/session/session";
import { marker, maxLine, Request } from "@overlaynet/core/protocol";
import { expect } from "chai";
import fc from "fast-check";
import { until } from "../../hosts/poll.js";
import { apply, container, neigh, overlay, remove } from "../../unit/agent/fixtures.js";

const greeting = {
  protocol: { newest: 1, oldest: 1 },
  agent: { version: "0", digest: "d" },
  host: { hostname: "a", machineId: "m", bootId: "b", kernel: "k", architecture: "x" },
};

/** What an honest client may say. */
const honest: readonly object[] = [
  apply(1, overlay()),
  apply(2, container("red", 2)),
  apply(3, neigh("printer", 9)),
  remove(4, container("red", 2)),
  { id: 5, op: "status" },
  { id: 6, op: "ping" },
];

/** Every path to a value in a message. */
function paths(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  return { ...(value as object), [key]: replaced((value as Record<string, unknown>)[key], rest, by) };
}

const nasty = fc.oneof(
  fc.anything(),
  fc.constantFrom<unknown>(
    "",
    "-n",
    "../../etc",
    "/etc/../etc/shadow",
    "a b",
    "a\nnetns delete overns",
    'red"; flush ruleset; "',
    "$(reboot)",
    "`reboot`",
    "x".repeat(100_000),
    "lo",
    "__proto__",
    "0.0.0.0",
    "255.255.255.255",
    "7.7.7.2 via 1.1.1.1",
    2 ** 53,
    -1,
    1e308,
    [],
    {},
  ),
);

/** A message's text. JSON has none for `undefined`, whatever the type of `stringify` says. */
const written = (message: unknown): string => (message === undefined ? "undefined" : JSON.stringify(message));

/** A message with one value replaced, one member more, cut off, nested too deep, or none at all. */
const hostile: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.constantFrom(...honest), fc.nat(), nasty).map(([message, which, by]) => {
    const all = paths(message);
    return written(replaced(message, all[which % all.length] ?? [], by));
  }),
  fc
    .tuple(fc.constantFrom(...honest), fc.string(), nasty)
    .map(([message, key, by]) => JSON.stringify({ ...message, [key]: by })),
  fc
    .tuple(fc.constantFrom(...honest), fc.nat({ max: 400 }))
    .map(([message, length]) => JSON.stringify(message).slice(0, length)),
  fc.constantFrom("[".repeat(100_000), '{"spec":'.repeat(50_000), "null", "0", '"ping"', marker),
  fc.string({ unit: "binary" }),
);

describe("a client that lies", () => {
  it("gets an answer to each message that is one, and nothing of it is done that is not a request to the letter", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { maxLength: 12 }), async (messages) => {
        const [input, output] = [new PassThrough(), new PassThrough()];
        const taken: BatchRequest[] = [];
        let text = "";
        output.setEncoding("utf8").on("data", (part: string) => (text += part));
        const session = new Session({
          stdin: input,
          stdout: output,
          greeting,
          batches: () => (requests) => {
            taken.push(...requests);
            return Promise.resolve(requests.map(() => ({ ok: true as const, result: {} })));
          },
          operator: () => Promise.resolve({ ok: true, result: {} }),
        });
        const running = session.run();
        const lines = messages.flatMap((message) => message.split("\n")).filter((line) => line.trim() !== "");
        input.write(`${[...lines, JSON.stringify({ id: 99, op: "ping" })].join("\n")}\n`);
        // What has not begun when the client goes is dropped.
        await until("all is answered", () => Promise.resolve(text.split("\n").length > lines.length + 2), {
          within: 5000,
          every: 1,
        });
        input.end();
        await Promise.all([running, once(output, "end")]);
        for (const request of taken) {
          expect(Request.safeParse(request).success).to.equal(true);
          // Names and addresses are of the alphabets that the commands' property test bounds.
          if (request.op !== "apply") continue;
          const { spec } = request;
          const names =
            spec.kind === "overlay"
              ? [spec.overlay, spec.namespace, spec.bridge, spec.device]
              : [spec.overlay, spec.name];
          for (const name of names) expect(name).to.match(/^[A-Za-z][A-Za-z0-9_.-]*$/);
        }
        const replies = text
          .split("\n")
          .slice(1, -1)
          .map((line) => JSON.parse(line) as { id: number; ok: boolean });
        expect(replies).to.have.length(lines.length + 1);
        expect(replies.some((reply) => reply.id === 99 && reply.ok)).to.equal(true);
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);

  it("has every replay answered like the first, and a line beyond the limit end the session", async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let text = "";
    output.setEncoding("utf8").on("data", (part: string) => (text += part));
    const batches = () => (requests: readonly BatchRequest[]) =>
      Promise.resolve(requests.map(() => ({ ok: true as const, result: { removed: false } })));
    const operator = () => Promise.resolve({ ok: true as const, result: {} });
    const running = new Session({ stdin: input, stdout: output, greeting, batches, operator }).run();
    const message = `${JSON.stringify(remove(4, container("red", 2)))}\n`;
    input.write(message.repeat(3));
    await until("all is answered", () => Promise.resolve(text.split("\n").length > 4), { within: 5000, every: 1 });
    input.write("x".repeat(maxLine + 1));
    await Promise.all([running, once(output, "end")]);
    const replies = text.split("\n").slice(1, -1);
    expect(replies.filter((reply) => reply.includes('"id":4'))).to.have.length(3);
    expect(replies.some((reply) => reply.includes("1048576 bytes long at most"))).to.equal(true);
  });
});
