import { Duplex, PassThrough } from "node:stream";
import { expect } from "chai";
import { marker, Request } from "@overlaynet/core/protocol";
import { incompatibility, SessionClient } from "@overlaynet/provider/session/client";
import { NoSession, RequestFailed, SessionLost } from "@overlaynet/provider/session/failures";
import { until } from "../../../hosts/poll.js";
import { rejected, rejectedWith } from "../resource/rejected.js";

const greeting = {
  protocol: { newest: 1, oldest: 1 },
  agent: { version: "0.1.0", digest: "d" },
  host: { hostname: "b", machineId: "m", bootId: "x", kernel: "6.1", architecture: "x64" },
};

/** An agent's end of a channel: what it is told comes to `onRequest`. */
class Agent {
  readonly channel: Duplex & { stderr: PassThrough };
  readonly requests: Request[] = [];
  exitCode: number | null = null;
  onRequest: (request: Request) => void = () => undefined;

  constructor() {
    const stderr = new PassThrough();
    const duplex = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        for (const line of chunk.toString().trim().split("\n")) {
          const request = Request.parse(JSON.parse(line));
          this.requests.push(request);
          this.onRequest(request);
        }
        done();
      },
      final: (done) => {
        this.end(0);
        done();
      },
    });
    this.channel = Object.assign(duplex, { stderr });
  }

  say(text: string): void {
    this.channel.push(text);
  }

  greet(): void {
    this.say(`${marker}${JSON.stringify(greeting)}\n`);
  }

  answer(id: number, result: unknown): void {
    this.say(`${JSON.stringify({ id, ok: true, result })}\n`);
  }

  end(code: number): void {
    this.exitCode = code;
    this.channel.push(null);
    this.channel.destroy();
  }
}

describe("a session's client", () => {
  let agent: Agent;
  let said: string[];

  beforeEach(() => {
    agent = new Agent();
    said = [];
  });

  function open(deadline = 1000): Promise<SessionClient> {
    return SessionClient.open({ channel: agent.channel, exitCode: () => agent.exitCode }, deadline, (line) =>
      said.push(line),
    );
  }

  async function greeted(): Promise<SessionClient> {
    const opening = open();
    agent.greet();
    return opening;
  }

  it("skips what a login shell prints, on the greeting's own line too", async () => {
    const opening = open();
    agent.say("Welcome!\nYou have mail. ");
    agent.greet();
    const client = await opening;
    expect(client.greeting).to.deep.equal(greeting);
    client.close();
  });

  it("says what was printed instead of a greeting, and how it ended", async () => {
    const opening = open();
    agent.channel.stderr.write("bash: overlaynet: No such file or directory\n");
    setImmediate(() => {
      agent.end(127);
    });
    const error = await rejectedWith(NoSession, opening);
    expect([error.exitCode, error.printed]).to.deep.equal([127, "bash: overlaynet: No such file or directory"]);
  });

  it("tells a session that was killed before it greeted from one that would not", async () => {
    const opening = open();
    setImmediate(() => {
      agent.channel.destroy();
    });
    expect((await rejectedWith(SessionLost, opening)).message).to.equal("the session ended");
  });

  it("does not wait for a greeting for ever", async () => {
    expect(await rejected(open(10))).to.be.instanceOf(SessionLost);
  });

  it("matches answers to requests in whatever order, cut anywhere", async () => {
    const client = await greeted();
    const both = Promise.all([client.request({ op: "ping" }, 1000), client.request({ op: "status" }, 1000)]);
    const text = [2, 1].map((id) => `${JSON.stringify({ id, ok: true, result: `of ${id}` })}\n`).join("");
    for (const byte of text) agent.say(byte);
    expect(await both).to.deep.equal(["of 1", "of 2"]);
    client.close();
  });

  it("hands on the agent's failures and its words to people", async () => {
    const client = await greeted();
    const asking = client.request({ op: "ping" }, 1000);
    agent.say(`${JSON.stringify({ event: "waiting", holder: "q/dev", since: "10:00" })}\n`);
    agent.say(`${JSON.stringify({ id: 1, ok: false, error: { code: "refused", message: "no" } })}\n`);
    const error = await rejectedWith(RequestFailed, asking);
    expect(error.failure).to.deep.equal({ code: "refused", message: "no" });
    expect(said).to.deep.equal(["waits for the host's lock, held by q/dev since 10:00"]);
    client.close();
  });

  it("tells all that wait when the session ends, and takes no more", async () => {
    const client = await greeted();
    const asking = client.request({ op: "ping" }, 1000);
    agent.end(1);
    expect(await rejected(asking)).to.be.instanceOf(SessionLost);
    expect(client.open).to.equal(false);
    expect(await rejected(client.request({ op: "ping" }, 1000))).to.be.instanceOf(SessionLost);
  });

  it("keeps the process for answers that somebody waits for, and not for those to pings", async () => {
    const client = await greeted();
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const held = async (op: "ping" | "status"): Promise<number> => {
      const before = timers();
      const asking = client.request({ op }, 1000);
      // What is to be sent waits for a moment.
      await until("it is asked", () => Promise.resolve(agent.requests.some((request) => request.op === op)), {
        every: 5,
        within: 5000,
      });
      const after = timers();
      agent.answer(agent.requests.length, "done");
      await asking;
      return after - before;
    };
    expect([await held("ping"), await held("status")]).to.deep.equal([0, 1]);
    client.close();
  });

  it("gives up an answer that does not come, and goes on", async () => {
    const client = await greeted();
    expect((await rejected(client.request({ op: "status" }, 5))).message).to.match(/no answer within 0\.005 s/);
    agent.onRequest = ({ id }) => {
      agent.answer(id, "late or not");
    };
    expect(await client.request({ op: "ping" }, 1000)).to.equal("late or not");
    client.close();
  });

  it("ends when told to retire, after the last answer", async () => {
    const client = await greeted();
    const asking = client.request({ op: "ping" }, 1000);
    const retired = client.retire();
    expect(client.open).to.equal(true);
    agent.answer(1, "done");
    expect(await asking).to.equal("done");
    await retired;
    expect(client.open).to.equal(false);
  });

  it("ends when it does not understand", async () => {
    const client = await greeted();
    const asking = client.request({ op: "ping" }, 1000);
    agent.say("Broadcast message from root\n");
    expect((await rejected(asking)).message).to.match(/not understood/);
  });

  it("knows which agents it can talk to", () => {
    const of = (oldest: number, newest: number): string | undefined =>
      incompatibility({ ...greeting, protocol: { oldest, newest } });
    expect(of(1, 1)).to.equal(undefined);
    expect(of(1, 7)).to.equal(undefined);
    expect(of(2, 7)).to.match(/newer version of the package/);
    expect(of(0, 0)).to.match(/brings it up to date/);
  });
});
