import { BatchQueue, type BatchRequest, type Outcome } from "@overlaynet/agent/session/queue";
import { expect } from "chai";
import { apply, container } from "../fixtures.js";

/** Turns of the event loop within which a batch begins that waits for nothing: far less than a moment. */
const turns = 10;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A queue whose batches end when told to. */
class Desk {
  readonly batches: number[] = [];
  readonly #queue = new BatchQueue((requests) => this.#run(requests));
  #end: (() => void) | undefined;
  #count = 0;

  #run(requests: readonly BatchRequest[]): Promise<readonly Outcome[]> {
    this.batches.push(requests.length);
    return new Promise((resolve) => {
      this.#end = () => {
        resolve(requests.map(({ id }) => ({ ok: true, result: id })));
      };
    });
  }

  /** Asks for so many; answers when each is answered. */
  ask(times: number): Promise<unknown> {
    const asked = Array.from({ length: times }, () => {
      this.#count += 1;
      const request = apply(this.#count, container(`c${this.#count}`, this.#count));
      return new Promise((resolve) => {
        this.#queue.push(request, resolve);
      });
    });
    return Promise.all(asked);
  }

  /** Waits for a batch, and ends it. */
  async end(): Promise<void> {
    while (this.#end === undefined) await turn();
    const end = this.#end;
    this.#end = undefined;
    end();
  }

  /** Asks for so many, and answers them all. Tells whether they began at once. */
  async round(times: number): Promise<boolean> {
    const before = this.batches.length;
    const answered = this.ask(times);
    for (let passed = 0; passed < turns; passed += 1) await turn();
    const began = this.batches.length > before;
    await this.end();
    await answered;
    return began;
  }
}

describe("the queue of a session", () => {
  it("waits no more when as many wait as ever were on their way", async () => {
    const desk = new Desk();
    for (let round = 0; round < 5; round += 1) expect(await desk.round(8)).to.equal(true);
    expect(desk.batches).to.deep.equal([8, 8, 8, 8, 8]);
  });

  it("waits a moment when fewer do, and takes those that come meanwhile along", async () => {
    const desk = new Desk();
    await desk.round(8);
    const first = desk.ask(3);
    await turn();
    const second = desk.ask(2);
    await desk.end();
    await Promise.all([first, second]);
    expect(desk.batches).to.deep.equal([8, 5]);
  });

  it("counts those of the batch that runs", async () => {
    const desk = new Desk();
    const first = desk.ask(4);
    while (desk.batches.length === 0) await turn();
    const second = desk.ask(4);
    await desk.end();
    await first;
    await desk.end();
    await second;
    // Eight were on their way: four are not all of them, and are waited with.
    expect(await desk.round(8)).to.equal(true);
    expect(desk.batches).to.deep.equal([4, 4, 8]);
    expect(await desk.round(4)).to.equal(false);
  });
});
