import type { Paths } from "../store/paths.js";
import { DesiredStore } from "../store/desired.js";
import { Units } from "../units/units.js";
import { type Entries, kernelEntries } from "./entries.js";
import { hostRunner, type Runner } from "./runner.js";

/** The machine that is worked on: where things are, and the ways to its programs, systemd and kernel tables. Tests put models in their places. */
export interface Host {
  readonly paths: Paths;
  readonly runner: Runner;
  readonly store: DesiredStore;
  readonly units: Units;
  readonly entries: Entries;
}

/** This machine, or a part of it replaced. */
export function hostAt(paths: Paths, parts: { readonly runner?: Runner; readonly entries?: Entries } = {}): Host {
  const { runner = hostRunner, entries = kernelEntries(paths) } = parts;
  return { paths, runner, store: new DesiredStore(paths), units: new Units(paths, runner), entries };
}
