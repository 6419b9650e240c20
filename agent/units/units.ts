import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Runner } from "../reconcile/runner.js";
import { agentDigest } from "../artifacts/digest.js";
import { resolverStatus } from "../resolver/client.js";
import { makeFolder, readWhenThere, writeWhenDifferent } from "../store/atomic.js";
import type { Paths } from "../store/paths.js";
import { ensureService, ensureTimer, resolverService, resolverSocket, unitFiles } from "./templates.js";

/** What systemd says of one unit. */
export interface UnitState {
  readonly unit: string;
  /** `active`, `activating`, `inactive`, `failed` … */
  readonly active: string;
  /** `enabled`, `disabled`, `static` … or empty for a unit that is not there. */
  readonly enabled: string;
}

/** The overlays' units on this host. */
export class Units {
  readonly #paths: Paths;
  readonly #runner: Runner;

  constructor(paths: Paths, runner: Runner) {
    this.#paths = paths;
    this.#runner = runner;
  }

  /** Writes the templates that are missing or differ. Answers how many, after systemd has read them. */
  async install(): Promise<number> {
    makeFolder(this.#paths.units, 0o755);
    const written = unitFiles.filter(({ name, text }) =>
      writeWhenDifferent(join(this.#paths.units, name), text, 0o644),
    );
    if (written.length > 0) await this.#systemctl("daemon-reload");
    return written.length;
  }

  /**
   * Makes an overlay's units start at boot and run now. Answers how many steps that took. `ignore-dependencies`: the caller holds the host's lock and has done
   * what the ensure unit would do, which waits for that lock.
   *
   * A resolver of another agent than this one is started anew; the entries stay as they are meanwhile.
   *
   * @param renewed the overlay's namespace or device is a new one, so a resolver that runs is in the old
   */
  async start(overlay: string, renewed: boolean): Promise<number> {
    const [resolver, timer] = await this.states(resolverService(overlay), ensureTimer(overlay));
    let steps = 0;
    const disabled = [resolver, timer].filter((unit) => unit !== undefined && unit.enabled !== "enabled");
    if (disabled.length > 0) {
      await this.#systemctl("enable", "--quiet", ...disabled.map((unit) => unit?.unit ?? ""));
      steps += 1;
    }
    const replaced = renewed || (resolver?.active === "active" && (await this.#isOutdated(overlay)));
    const start = replaced ? "restart" : "start";
    if (replaced || resolver?.active !== "active") {
      await this.#systemctl("--job-mode=ignore-dependencies", start, resolverService(overlay));
      steps += 1;
    }
    if (timer?.active !== "active") {
      await this.#systemctl("start", ensureTimer(overlay));
      steps += 1;
    }
    return steps;
  }

  /** Stops the resolver, so that the devices below it can be taken away. There is none yet where the making of the overlay was interrupted. */
  async stopResolver(overlay: string): Promise<void> {
    if (!this.#areInstalled()) return;
    await this.#systemctl("stop", resolverService(overlay));
  }

  /** Takes an overlay's units out of systemd: none runs, starts at boot, or is remembered as failed. */
  async remove(overlay: string): Promise<void> {
    const units = [resolverService(overlay), ensureTimer(overlay)];
    // The ensure service is left to end by itself when it waits for the lock that the caller holds: it finds nothing to do then.
    if (this.#areInstalled()) {
      await this.#systemctl("disable", "--now", "--quiet", ...units);
    }
    await this.#forgetFailures(units.concat(ensureService(overlay)));
  }

  /** Removes the templates themselves, with the host's last overlay. */
  async uninstall(): Promise<void> {
    const files = unitFiles.map(({ name }) => join(this.#paths.units, name)).filter((file) => existsSync(file));
    for (const file of files) rmSync(file, { force: true });
    if (files.length > 0) await this.#systemctl("daemon-reload");
  }

  /** What is not as it should be with an overlay's units, in words. */
  async drift(overlay: string): Promise<string[]> {
    const words: string[] = [];
    for (const { name, text } of unitFiles) {
      const found = readWhenThere(join(this.#paths.units, name));
      if (found === undefined) words.push(`unit ${name} missing`);
      else if (found !== text) words.push(`unit ${name} changed`);
    }
    for (const { unit, active, enabled } of await this.states(resolverService(overlay), ensureTimer(overlay))) {
      if (enabled !== "enabled") words.push(`${unit} ${enabled || "missing"}, want enabled`);
      if (active !== "active" && active !== "activating" && active !== "reloading") {
        words.push(`${unit} ${active}, want active`);
      }
    }
    return words;
  }

  /** The units' states in the order asked. */
  async states(...units: readonly string[]): Promise<UnitState[]> {
    const text = await this.#systemctl("show", "--property=ActiveState,UnitFileState", ...units);
    const blocks = text.trim().split(/\n\n+/);
    return units.map((unit, index) => {
      const block = blocks[index] ?? "";
      return { unit, active: property(block, "ActiveState"), enabled: property(block, "UnitFileState") };
    });
  }

  #areInstalled(): boolean {
    return unitFiles.every(({ name }) => existsSync(join(this.#paths.units, name)));
  }

  async #isOutdated(overlay: string): Promise<boolean> {
    const answer = await resolverStatus(resolverSocket(this.#paths, overlay));
    return answer.running && answer.status.agent !== agentDigest;
  }

  async #forgetFailures(units: readonly string[]): Promise<void> {
    const failed = (await this.states(...units)).filter((state) => state.active === "failed");
    if (failed.length > 0) await this.#systemctl("reset-failed", ...failed.map((state) => state.unit));
  }

  async #systemctl(...args: readonly string[]): Promise<string> {
    return (await this.#runner.run(["systemctl", ...args])).stdout;
  }
}

function property(block: string, name: string): string {
  return new RegExp(`^${name}=(.*)$`, "m").exec(block)?.[1] ?? "";
}
