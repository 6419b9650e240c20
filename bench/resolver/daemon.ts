import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Field } from "./field.js";
import { NotifySocket } from "./notify-socket.js";

/** Milliseconds that a daemon may take with a hundred thousand records, on a loaded machine. */
const startLimit = 60_000;
const stopLimit = 10_000;

/** A daemon of one of the three kinds at work in a field. */
export class Daemon {
  /** Milliseconds from its start, fork and exec included, to its word that it is ready. */
  readonly readyAfter: number;
  readonly #process: ChildProcess;
  readonly #notify: NotifySocket;
  readonly #log: string[];

  private constructor(process: ChildProcess, notify: NotifySocket, log: string[], readyAfter: number) {
    this.#process = process;
    this.#notify = notify;
    this.#log = log;
    this.readyAfter = readyAfter;
  }

  /** Starts it in the overlay's namespace. It ends with this process, however that ends. */
  static async start(argv: readonly string[], field: Field): Promise<Daemon> {
    const notify = new NotifySocket(join(field.site.configPath, "..", "notify.sock"));
    const enter = ["--pdeathsig", "KILL", "nsenter", `--net=${field.site.namespacePath}`];
    const began = performance.now();
    const child = spawn("setpriv", [...enter, ...argv], {
      env: { ...process.env, NOTIFY_SOCKET: notify.path },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const log: string[] = [];
    let ended: string | undefined;
    child.stderr.on("data", (data: Buffer) => log.push(String(data)));
    child.once("error", (error) => (ended = error.message));
    child.once("close", (code, signal) => (ended = `${signal ?? code ?? "ended"}: ${log.join("")}`));
    try {
      await notify.ready(() => ended, startLimit);
      return new Daemon(child, notify, log, performance.now() - began);
    } catch (error) {
      child.kill("SIGKILL");
      notify.close();
      throw error;
    }
  }

  /** What it said so far. */
  get log(): string {
    return this.#log.join("");
  }

  /** Milliseconds of processor time of all its threads so far. */
  get processorTime(): number {
    const tasks = `/proc/${this.#pid}/task`;
    const times = readdirSync(tasks).map((task) => readFileSync(join(tasks, task, "schedstat"), "utf8").split(" ")[0]);
    return times.reduce((sum, time) => sum + Number(time), 0) / 1e6;
  }

  /** Resident memory in MB (10⁶ bytes), what it shares with others included. */
  get resident(): number {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#pid}/status`, "utf8"))?.[1];
    return (Number(kilobytes) * 1024) / 1e6;
  }

  /** @throws Error when it has ended before, or does not end within ten seconds */
  async stop(): Promise<void> {
    this.#notify.close();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) {
      throw new Error(`the daemon has ended by itself: ${this.log}`);
    }
    const ended = once(this.#process, "close", { signal: AbortSignal.timeout(stopLimit) });
    this.#process.kill("SIGTERM");
    try {
      await ended;
    } catch (error) {
      this.#process.kill("SIGKILL");
      throw new Error(`the daemon did not end within ${stopLimit} ms: ${this.log}`, { cause: error });
    }
  }

  get #pid(): number {
    const { pid, exitCode } = this.#process;
    if (pid === undefined || exitCode !== null) throw new Error(`the daemon has ended by itself: ${this.log}`);
    return pid;
  }
}
