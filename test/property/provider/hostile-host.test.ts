import { Duplex, PassThrough } from "node:stream";
import { marker, maxLine } from "@overlaynet/core/protocol";
import { HostFailure } from "@overlaynet/provider/host-failure";
import { asHostFailure } from "@overlaynet/provider/session/link";
import { SessionClient } from "@overlaynet/provider/session/client";
import { NoSession, RequestFailed, SessionLost } from "@overlaynet/provider/session/failures";
import { resolveTarget } from "@overlaynet/provider/ssh/target";
import { StackConfig } from "@overlaynet/provider/stack-config";
import { expect } from "chai";
import fc from "fast-check";

/** A channel at whose other end somebody says what they like. What was sent there is in `heard`. */
function hostileChannel(): { channel: Duplex & { stderr: PassThrough }; heard: () => string } {
  const stderr = new PassThrough();
  let heard = "";
  const duplex = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      heard += chunk.toString();
      done();
    },
    final: (done) => {
      done();
    },
  });
  return { channel: Object.assign(duplex, { stderr }), heard: () => heard };
}

const greeting = {
  protocol: { newest: 1, oldest: 1 },
  agent: { version: "0.1.0", digest: "d" },
  host: { hostname: "b", machineId: "m", bootId: "x", kernel: "6.1", architecture: "x64" },
};
const greets = `${marker}${JSON.stringify(greeting)}\n`;
const id = fc.oneof(fc.constantFrom<unknown>(0, 1, 2, -1, 1.5, "1", null, 2 ** 53), fc.anything());

/** Something that is nearly a message, or nothing of the kind. */
const line = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.json(),
  fc.constantFrom(
    greets,
    marker,
    `${marker}{}`,
    `${marker}null`,
    `${marker}[${"[".repeat(5000)}`,
    "[".repeat(50_000),
    '{"a":'.repeat(10_000),
  ),
  fc
    .record(
      {
        id,
        ok: fc.oneof(fc.boolean(), fc.anything()),
        result: fc.anything({ maxDepth: 4 }),
        error: fc.record(
          { code: fc.constantFrom("refused", "failed", "nonsense"), message: fc.string({ unit: "binary" }) },
          { requiredKeys: [] },
        ),
        event: fc.constantFrom("log", "waiting", "other"),
        message: fc.oneof(fc.string({ unit: "binary" }), fc.constant("\u001b[2J\rok\n+ 6 created")),
        holder: fc.string({ unit: "binary" }),
        since: fc.string(),
      },
      { requiredKeys: [] },
    )
    .map((message) => JSON.stringify(message)),
);

const control = /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/;

function expectKnown(error: unknown): void {
  const known = [NoSession, RequestFailed, SessionLost].some((kind) => error instanceof kind);
  if (!known) throw error;
  const target = resolveTarget("192.168.64.28", { password: "hunter2-the-secret" }, new StackConfig());
  const failure = asHostFailure(error, "b (192.168.64.28)", "apply", target);
  expect(failure).to.be.instanceOf(HostFailure);
  expect(failure.message.length).to.be.lessThan(3000);
  expect(failure.message).not.to.match(control);
  expect(failure.message).not.to.include("hunter2");
}

describe("a host that lies", () => {
  it("ends a session, or fails a request, and nothing else: no crash, no wait, no control character on a terminal, no flood of lines", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(line, { maxLength: 30 }),
        fc.nat({ max: 50 }),
        async (polite, lines, cut) => {
          const { channel, heard } = hostileChannel();
          const said: string[] = [];
          const opening = SessionClient.open({ channel, exitCode: () => 1 }, 5000, (one) => said.push(one));
          const asking = opening.then(async (client) => {
            const asked = client.request({ op: "status" }, 5000);
            asked.catch(() => undefined);
            await new Promise((resolve) => setTimeout(resolve, 20));
            return asked;
          });
          const done = asking.then(() => undefined, expectKnown);
          const text = Buffer.from(`${polite ? greets : ""}${lines.join("\n")}\n`);
          for (let at = 0; at < text.length && !channel.destroyed; at += 1 + cut * 997)
            channel.push(text.subarray(at, at + 1 + cut * 997));
          // Then the host goes; what waits learns of it.
          setTimeout(() => channel.destroy(), 40);
          await done;
          expect(said.filter((one) => control.test(one))).to.deep.equal([]);
          expect(heard()).not.to.include("hunter2");
        },
      ),
      { numRuns: 60 },
    );
  }).timeout(60_000);

  it("is heard a hundred times at most, and not at length", async () => {
    const { channel } = hostileChannel();
    const said: string[] = [];
    const opening = SessionClient.open({ channel, exitCode: () => 1 }, 5000, (one) => said.push(one));
    channel.push(greets);
    const client = await opening;
    const event = `${JSON.stringify({ event: "log", message: "x".repeat(10_000) })}\n`;
    for (let count = 0; count < 500; count++) channel.push(event);
    const asked = client.request({ op: "status" }, 5000);
    channel.push(`${JSON.stringify({ id: 1, ok: true, result: 7 })}\n`);
    expect(await asked).to.equal(7);
    expect(said).to.have.length(101);
    expect(said.join("").length).to.be.lessThan(250_000);
    expect(said.at(-1)).to.equal("has more to say than is shown");
    channel.destroy();
  });

  it("has its line without an end cut off at the protocol's limit", async () => {
    const { channel } = hostileChannel();
    const opening = SessionClient.open({ channel, exitCode: () => null }, 5000, () => undefined);
    channel.push(greets);
    const client = await opening;
    const asked = client.request({ op: "status" }, 5000);
    const part = Buffer.alloc(64 * 1024, 0x61);
    for (let sent = 0; sent <= maxLine && !channel.destroyed; sent += part.length) channel.push(part);
    const error = await asked.then(
      () => undefined,
      (given: unknown) => given,
    );
    expect(error).to.be.instanceOf(SessionLost);
    expect(String(error)).to.match(/more than 1048576 bytes/);
    expect(channel.destroyed).to.equal(true);
  });
});
