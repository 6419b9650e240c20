import { type Dirent, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Desired, desiredFile, parseName, type Target, targetOf } from "@overlaynet/core";
import { isErrno, makeFolder, readWhenThere, removeWhenEmpty, syncFolder, writeTogether } from "./atomic.js";
import { desiredFolder, overlayState, type Paths } from "./paths.js";

/** A desired file that cannot be read: edited by hand, or written by a later version. It is left as it is until its resource is applied or removed again. */
export interface Damaged {
  readonly overlay: string;
  /** The resource, by the file's name. */
  readonly target: Target | undefined;
  /** Whose it is, when so much of it can be read. */
  readonly uid: string | undefined;
  /** The whole path. */
  readonly file: string;
  readonly reason: string;
}

/** What a person is told of it. */
export function unreadableSentence({ file, reason }: Damaged): string {
  return `its desired state ${file} cannot be read (${reason}); \`pulumi refresh\` and \`pulumi up\` of its stack write it again, or delete the file when its resource is gone`;
}

/** The resources that unreadable files are about. */
export function targetsOf(damaged: readonly Damaged[]): Target[] {
  return damaged.flatMap(({ target }) => target ?? []);
}

/** Everything that was asked of this host. */
export interface Stored {
  readonly desired: readonly Desired[];
  readonly damaged: readonly Damaged[];
}

/** What identifies a target on a host, as a key. */
export function targetKey(target: Target): string {
  return target.kind === "overlay" ? `overlay/${target.overlay}` : `${target.kind}/${target.overlay}/${target.name}`;
}

/** The host's desired state on disk: one file per resource. Written only under the host's lock. */
export class DesiredStore {
  readonly #paths: Paths;
  /** What texts say, by file: hundreds of them are read in each batch, and few have changed. */
  readonly #read = new Map<string, { readonly text: string; readonly desired: Desired }>();

  constructor(paths: Paths) {
    this.#paths = paths;
  }

  /** The names of the overlays that have a state folder. */
  overlays(): string[] {
    return entriesOf(this.#paths.state)
      .filter((entry) => entry.isDirectory() && isName(entry.name))
      .map((entry) => entry.name)
      .sort();
  }

  /** All desired files of all overlays. One that cannot be read does not hide the others. */
  readAll(): Stored {
    const all = this.overlays().map((overlay) => this.read(overlay));
    return { desired: all.flatMap((one) => one.desired), damaged: all.flatMap((one) => one.damaged) };
  }

  /** All desired files of one overlay. */
  read(overlay: string): Stored {
    const desired: Desired[] = [];
    const damaged: Damaged[] = [];
    const folder = desiredFolder(this.#paths, overlay);
    for (const entry of entriesOf(folder)) {
      if (!entry.name.endsWith(".json")) continue;
      const file = join(folder, entry.name);
      const text = readWhenThere(file) ?? "";
      try {
        const one = this.#parse(text, file);
        if (this.file(targetOf(one.spec)) !== file)
          throw new Error("its name and its content name different resources");
        desired.push(one);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        damaged.push({ overlay, target: targetNamed(overlay, entry.name), uid: uidIn(text), file, reason });
      }
    }
    return { desired: desired.sort((a, b) => compare(a, b)), damaged };
  }

  /**
   * Persists what resources ask, all of them or none: a full disk is met before anything has changed. The folders are root's alone: owners are nobody else's business.
   *
   * @throws Error a sentence
   */
  put(...all: readonly Desired[]): void {
    const before = new Set(this.overlays());
    try {
      for (const overlay of new Set(all.map(({ spec }) => spec.overlay))) {
        makeFolder(this.#paths.state, 0o711);
        makeFolder(overlayState(this.#paths, overlay), 0o755);
        makeFolder(desiredFolder(this.#paths, overlay), 0o700);
      }
      const texts = all.map(
        (one) => [this.file(targetOf(one.spec)), `${JSON.stringify(one, undefined, 2)}\n`] as const,
      );
      writeTogether(new Map(texts), 0o600);
    } catch (error) {
      for (const { spec } of all) if (!before.has(spec.overlay)) this.#forgetFolder(spec.overlay);
      throw error;
    }
  }

  /** Forgets what a resource asked; what is forgotten already is no error. */
  drop(target: Target): void {
    rmSync(this.file(target), { force: true });
    try {
      syncFolder(desiredFolder(this.#paths, target.overlay));
    } catch (error) {
      if (!isErrno(error, "ENOENT")) throw error;
    }
  }

  #forgetFolder(overlay: string): void {
    for (const folder of [desiredFolder(this.#paths, overlay), overlayState(this.#paths, overlay), this.#paths.state]) {
      removeWhenEmpty(folder);
    }
  }

  #parse(text: string, file: string): Desired {
    const known = this.#read.get(file);
    if (known?.text === text) return known.desired;
    const desired = parse(text, file);
    this.#read.set(file, { text, desired });
    return desired;
  }

  /** The whole path of a target's file. */
  file(target: Target): string {
    return join(overlayState(this.#paths, target.overlay), desiredFile(target));
  }
}

/** The resource that a file is about, by its name: `container-red.json`. */
function targetNamed(overlay: string, file: string): Target | undefined {
  if (file === "overlay.json") return { kind: "overlay", overlay };
  const [, kind, name] = /^(container|neigh)-(.+)\.json$/.exec(file) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind: kind as "container" | "neigh", overlay, name };
}

function uidIn(text: string): string | undefined {
  return /"uid":\s*"([A-Za-z0-9._-]+)"/.exec(text)?.[1];
}

function parse(text: string, file: string): Desired {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error("it is not JSON", { cause: error });
  }
  const parsed = Desired.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`${issue?.path.join(".") ?? file}: ${issue?.message ?? "not a desired state"}`);
  }
  return parsed.data;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

function isName(text: string): boolean {
  try {
    parseName(text);
    return true;
  } catch {
    return false;
  }
}

function compare(a: Desired, b: Desired): number {
  const [one, other] = [targetKey(targetOf(a.spec)), targetKey(targetOf(b.spec))];
  return one < other ? -1 : one > other ? 1 : 0;
}
