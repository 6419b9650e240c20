import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { dirname, join } from "node:path";
import { agentArtifact, type Architecture, launcher, runtimeArtifact } from "@overlaynet/agent/artifacts";
import { marker, type Reply } from "@overlaynet/core/protocol";
import type { Host, Lab } from "../hosts/index.js";

const labCommand = join(__dirname, "..", "hosts", "cli.js");

/** An answer, or that the session ended without one. */
export type Answer = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: unknown };

/** A client of `overlaynet session` on a lab host, over ssh. */
export class AgentSession {
  readonly events: Reply[] = [];
  readonly ended: Promise<void>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;
  #text = "";

  constructor(lab: Lab, host: Host) {
    const argv = [labCommand, "--name", lab.name, "exec", host.name, "--", "/usr/local/bin/overlaynet", "session"];
    this.#child = spawn(process.execPath, argv);
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#text + text).split("\n");
      this.#text = lines.pop() ?? "";
      for (const line of lines) if (!line.startsWith(marker)) this.#receive(JSON.parse(line) as Reply);
    });
    this.ended = new Promise((resolve) => {
      this.#child.once("close", () => {
        for (const answer of this.#waiting.values()) answer({ ok: false, error: "the session ended" });
        resolve();
      });
    });
  }

  /** Sends the requests in one piece and waits for all their answers. */
  async ask(requests: readonly object[]): Promise<Answer[]> {
    const answers = requests.map(() => {
      const id = ++this.#lastId;
      return { id, answer: new Promise<Answer>((resolve) => this.#waiting.set(id, resolve)) };
    });
    this.#child.stdin.write(
      requests.map((one, index) => `${JSON.stringify({ ...one, id: answers[index]?.id })}\n`).join(""),
    );
    return await Promise.all(answers.map(({ answer }) => answer));
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.ended;
  }

  #receive(reply: Reply): void {
    if ("event" in reply) this.events.push(reply);
    else if (!("part" in reply)) this.#waiting.get(reply.id)?.(reply);
  }
}

/** Puts the built agent and its runtime on a host, as the provider would. */
export async function installAgent(lab: Lab, host: Host): Promise<void> {
  const lib = "/usr/local/lib/overlaynet";
  const architecture = process.arch as Architecture;
  const { gzipPath } = await runtimeArtifact(architecture, console.error);
  await send(lab, host, gzipPath, `${lib}/node-test/node`, "gzip -dc");
  const { files } = await agentArtifact(architecture);
  for (const { name, path } of files) await send(lab, host, path, `${lib}/agent-test/${name}`, "cat");
  const input = launcher(`${lib}/node-test/node`, `${lib}/agent-test`);
  await host.ssh(["sh", "-c", 'cat > "$0"', `${lib}/agent-test/overlaynet`], { input });
  await host.ssh(["chmod", "0755", `${lib}/node-test/node`, `${lib}/agent-test/overlaynet`]);
  await host.ssh(["ln", "-sf", "../lib/overlaynet/agent-test/overlaynet", "/usr/local/bin/overlaynet"]);
}

/** Copies a file of this machine to a host, straight from disk, through a command there: the runtime is too large to be held as text. */
async function send(lab: Lab, host: Host, file: string, to: string, through: string): Promise<void> {
  await host.ssh(["mkdir", "-p", dirname(to)]);
  const argv = [labCommand, "--name", lab.name, "exec", host.name, "--", "sh", "-c", `${through} > "$0"`, to];
  const child = spawn(process.execPath, argv, { stdio: [openSync(file, "r"), "ignore", "inherit"] });
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`${file} could not be copied to host ${host.name}`);
}
