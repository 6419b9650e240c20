import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { until } from "@overlaynet/test/hosts/poll";
import type { Overlay } from "./overlay.js";

/** A resolver as it runs on hosts: the bundle, under the Node that is given, in the overlay's namespace. */
export class Daemon {
  readonly #process: ChildProcess;
  readonly #overlay: Overlay;
  /** From its start to its readiness, in seconds. */
  readonly seconds: number;

  private constructor(process: ChildProcess, overlay: Overlay, seconds: number) {
    this.#process = process;
    this.#overlay = overlay;
    this.seconds = seconds;
  }

  static async start(overlay: Overlay, node: string, bundle: string, flags: readonly string[]): Promise<Daemon> {
    rmSync(overlay.socketPath, { force: true });
    const began = performance.now();
    const argv = [node, ...flags, bundle, "resolver", "--config", overlay.configPath, "--socket", overlay.socketPath];
    const process = spawn("ip", ["netns", "exec", overlay.namespace, ...argv], { stdio: ["ignore", "ignore", "pipe"] });
    const said: string[] = [];
    process.stderr.on("data", (data: Buffer) => said.push(String(data)));
    // It listens when the kernel holds what the records say.
    const ready = (): Promise<boolean> => {
      if (process.exitCode !== null) throw new Error(`the resolver ended: ${said.join("")}`);
      return Promise.resolve(existsSync(overlay.socketPath));
    };
    await until("the resolver is ready", ready, { within: 60_000, every: 2 });
    return new Daemon(process, overlay, (performance.now() - began) / 1000);
  }

  /** In MB (10⁶ bytes). */
  get resident(): { readonly all: number; readonly own: number } {
    const status = readFileSync(`/proc/${this.#process.pid ?? 0}/status`, "utf8");
    const read = (name: string): number => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024) / 1e6;
    return { all: read("VmRSS"), own: read("RssAnon") };
  }

  /** Processor time so far, in hundredths of a second. */
  get ticks(): number {
    const fields = readFileSync(`/proc/${this.#process.pid ?? 0}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return Number(fields[11]) + Number(fields[12]);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGTERM");
    await ended;
    rmSync(this.#overlay.socketPath, { force: true });
  }
}
