import { PassThrough } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { type Greeting, marker, maxLine } from "@overlaynet/core/protocol";
import type { BatchRequest, RunBatch } from "@overlaynet/agent/session/queue";
import { type AnswerOperator, Session } from "@overlaynet/agent/session/session";
import { apply, container } from "../fixtures.js";

const greeting: Greeting = {
  protocol: { newest: 1, oldest: 1 },
  agent: { version: "0", digest: "d" },
  host: { hostname: "a", machineId: "m", bootId: "b", kernel: "k", architecture: "x" },
};

/** Tells the overlay that was asked about, once as a part and once as the answer; fails without one. */
const operator: AnswerOperator = (request, { part }) => {
  const overlay = "overlay" in request ? request.overlay : undefined;
  if (overlay === undefined) return Promise.reject(new Error("which overlay?"));
  part({ about: overlay });
  return Promise.resolve({ ok: true, result: overlay });
};

/** A client's end of a session whose batches are run by `run`. */
class Client {
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly ended: Promise<void>;
  readonly batches: (readonly BatchRequest[])[] = [];
  #text = "";

  constructor(run?: RunBatch, silence = 5000) {
    this.output.setEncoding("utf8").on("data", (text: string) => (this.#text += text));
    const batches = (): RunBatch => async (requests) => {
      this.batches.push(requests);
      return run === undefined ? requests.map(({ id }) => ({ ok: true, result: id })) : await run(requests);
    };
    this.ended = new Session({ stdin: this.input, stdout: this.output, greeting, batches, operator, silence }).run();
  }

  send(...messages: unknown[]): void {
    this.input.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
  }

  async finish(): Promise<Record<string, unknown>[]> {
    this.input.end();
    await this.ended;
    return this.replies();
  }

  replies(): Record<string, unknown>[] {
    const lines = this.#text.split("\n").filter((line) => line !== "" && !line.startsWith(marker));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  get text(): string {
    return this.#text;
  }

  async until(count: number): Promise<Record<string, unknown>[]> {
    while (this.replies().length < count) await new Promise((resolve) => setImmediate(resolve));
    return this.replies();
  }
}

const request = (id: number): object => apply(id, container(`c${id}`, id));

describe("a session", () => {
  it("answers operators while a batch runs, in parts where an answer has parts", async () => {
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const client = new Client(async (requests) => {
      await held;
      return requests.map(({ id }) => ({ ok: true, result: id }));
    });
    client.send(request(1), { id: 2, op: "inspect", overlay: "lab" }, { id: 3, op: "inspect" });
    expect(await client.until(3)).to.deep.equal([
      { id: 2, part: { about: "lab" } },
      { id: 2, ok: true, result: "lab" },
      { id: 3, ok: false, error: { code: "failed", message: "which overlay?" } },
    ]);
    finish();
    expect((await client.finish()).slice(3)).to.deep.equal([{ id: 1, ok: true, result: 1 }]);
  });

  it("greets behind the marker", async () => {
    const client = new Client();
    await client.finish();
    expect(client.text.startsWith(marker)).to.equal(true);
    expect(JSON.parse(client.text.slice(marker.length))).to.eql(greeting);
  });

  it("takes what comes together as one batch, and what comes while it runs as the next", async () => {
    let release: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (release = resolve));
    const client = new Client(async (requests) => {
      if (requests.some(({ id }) => id === 1)) await first;
      return requests.map(({ id }) => ({ ok: true, result: id }));
    });
    client.send(request(1), request(2));
    while (client.batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
    client.send(request(3), { id: 4, op: "ping" }, request(5));
    expect(await client.until(1)).to.eql([{ id: 4, ok: true, result: {} }]);
    release();
    await client.until(5);
    expect(client.batches.map((batch) => batch.map(({ id }) => id))).to.eql([
      [1, 2],
      [3, 5],
    ]);
    await client.finish();
  });

  it("waits a moment for more where several were taken, and not after one", async () => {
    const client = new Client();
    const oneByOne = async (...ids: readonly number[]): Promise<void> => {
      for (const id of ids) {
        client.send(request(id));
        for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await oneByOne(1, 2);
    client.send(request(3), request(4));
    await client.until(4);
    await oneByOne(5, 6);
    await client.until(6);
    expect(client.batches.map((batch) => batch.map(({ id }) => id))).to.eql([[1], [2], [3, 4], [5, 6]]);
    await client.finish();
  });

  it("gives two requests for one resource two batches", async () => {
    const client = new Client();
    client.send(apply(1, container("red", 2)), request(3), apply(2, container("red", 4)));
    await client.until(3);
    expect(client.batches.map((batch) => batch.map(({ id }) => id))).to.eql([[1, 3], [2]]);
    await client.finish();
  });

  it("answers a bad message and goes on", async () => {
    const client = new Client();
    client.input.write("not json\n");
    client.send({ id: 7, op: "dance" }, { id: 8, op: "apply" }, request(9));
    const replies = await client.until(4);
    expect(replies.map(({ id, ok }) => [id, ok])).to.eql([
      [0, false],
      [7, false],
      [8, false],
      [9, true],
    ]);
    expect(replies.slice(0, 3).every(({ error }) => (error as { code: string }).code === "protocol")).to.equal(true);
    await client.finish();
  });

  it("survives any garbage, and still answers a ping behind it", async () => {
    const garbage = fc.array(fc.oneof(fc.string(), fc.json(), fc.constant('{"id":-1,"op":"ping"}')), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(garbage, async (lines) => {
        const client = new Client();
        client.input.write(lines.map((line) => `${line}\n`).join(""));
        client.send({ id: 999, op: "ping" });
        const replies = await client.finish();
        expect(replies.filter(({ id, ok }) => id === 999 && ok === true)).to.have.length(1);
      }),
      { numRuns: 50 },
    );
  });

  it("ends at a line that is too long, having said why", async () => {
    const client = new Client();
    client.input.write("x".repeat(maxLine + 1));
    await client.ended;
    expect(client.replies()).to.have.length(1);
    expect(JSON.stringify(client.replies())).to.match(/bytes long at most/);
  });

  it("ends when the client is silent", async () => {
    const client = new Client(undefined, 20);
    await client.ended;
    expect(client.replies()).to.eql([]);
  });

  it("finishes the batch that runs when the client goes, and begins no other", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let finished = 0;
    const client = new Client(async (requests) => {
      await held;
      finished += 1;
      return requests.map(({ id }) => ({ ok: true, result: id }));
    });
    client.send(request(1));
    while (client.batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
    client.send(request(2));
    client.output.destroy(new Error("EPIPE"));
    client.input.end();
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await client.ended;
    expect(finished).to.equal(1);
  });

  it("turns a batch that throws into failures of its requests", async () => {
    const client = new Client(() => Promise.reject(new Error("the roof is on fire")));
    client.send(request(1), request(2));
    const replies = await client.until(2);
    expect(replies.map(({ error }) => error)).to.eql([
      { code: "failed", message: "the roof is on fire" },
      { code: "failed", message: "the roof is on fire" },
    ]);
    await client.finish();
  });
});
