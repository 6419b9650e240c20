import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { HostFailureKind } from "@overlaynet/provider/host-failure";
import type { Host } from "@overlaynet/provider/hosts";
import type { Lab } from "../hosts/index.js";

/** A host to be reached, and with what. */
export interface Ask {
  readonly host: Host;
  /** Stack config, without its namespace. */
  readonly config?: Readonly<Record<string, string>>;
  /** Whether to put the agent there. Defaults to false. */
  readonly install?: boolean;
  /** Whether it cannot be done without. Defaults to true. */
  readonly required?: boolean;
  /** Milliseconds. */
  readonly timeouts?: { readonly connect?: number; readonly deadline?: number };
}

export interface Numbered extends Ask {
  readonly id: number;
}

/** A session that began and answered, or what stood in the way. `said` is what people were told meanwhile. */
export type Reached =
  | { readonly ok: true; readonly agent: string; readonly said: readonly string[] }
  | {
      readonly ok: false;
      readonly kind: HostFailureKind;
      readonly phase: string;
      readonly message: string;
      readonly said: readonly string[];
    };

/** The provider's way to hosts in a process of its own at the operator's place in a lab; every ask is a log-in of its own. */
export class Operator {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (answer: Reached | Error) => void>();
  #last = 0;

  /** @param environment laid over this process's own: HOME, for instance */
  constructor(lab: Lab, environment: Readonly<Record<string, string>> = {}) {
    const cli = join(__dirname, "..", "hosts", "cli.js");
    const work = [process.execPath, join(__dirname, "operator-process.js")];
    this.#child = spawn(process.execPath, [cli, "--name", lab.name, "op", "--", ...work], {
      env: { ...process.env, SSH_AUTH_SOCK: "", ...environment },
    });
    let complaint = "";
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const { id, answer } = JSON.parse(line) as { id: number; answer: Reached };
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
    this.#child.once("close", () => {
      for (const tell of this.#waiting.values()) tell(new Error(`the operator's process ended: ${complaint}`));
    });
  }

  /** Logs in, begins a session, asks something, and leaves. @throws Error when the process ends */
  async reach(ask: Ask): Promise<Reached> {
    const id = ++this.#last;
    const answer = await new Promise<Reached | Error>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.stdin.write(`${JSON.stringify({ id, ...ask })}\n`);
    });
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    await once(this.#child, "close");
  }
}
