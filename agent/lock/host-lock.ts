import { spawn } from "node:child_process";
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { isErrno, makeFolder } from "../store/atomic.js";
import { lockFile, type Paths } from "../store/paths.js";

/** Who holds the host's lock, as the lock's file says. */
export interface Holder {
  /** In words: a stack, or the ensure unit of an overlay. */
  readonly holder: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly since: string;
}

/** Somebody else kept the host's lock for longer than the caller wanted to wait. */
export class HostBusy extends Error {
  override readonly name = "HostBusy";
}

export interface LockOptions {
  /** What a waiter is told of us. */
  readonly holder: string;
  /** How long to wait, in milliseconds. */
  readonly patience?: number;
  /** Called once, when somebody else holds it. */
  readonly onWaiting?: (holder: Holder) => void;
}

/** Longer than any batch: 200 containers take some seconds. */
const patience = 120_000;

/**
 * Runs `work` while no other session and no ensure unit of this host works. The lock is the kernel's (flock(2)), so it ends with the process that
 * holds it, however that ends. Node has no flock: util-linux's `flock` is given our open file, takes the lock on it (it belongs to the open file
 * description, which parent and child share) and goes. Our descriptor is close-on-exec, so no command of a batch keeps the lock alive.
 *
 * @throws HostBusy
 */
export async function withHostLock<T>(paths: Paths, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const descriptor = await acquire(paths, options);
  try {
    return await work();
  } finally {
    closeSync(descriptor);
  }
}

/** Who works on this host right now; undefined when nobody does. Waits for nothing and leaves the lock as it is. */
export async function currentHolder(paths: Paths): Promise<Holder | undefined> {
  const file = lockFile(paths);
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
  try {
    // Shared: several that look at once are no work.
    return (await flock(descriptor, ["--nonblock", "--shared"])) ? undefined : readHolder(file);
  } finally {
    closeSync(descriptor);
  }
}

async function acquire(paths: Paths, options: LockOptions): Promise<number> {
  const deadline = performance.now() + (options.patience ?? patience);
  let told = false;
  for (;;) {
    makeFolder(paths.run, 0o755);
    const file = lockFile(paths);
    const descriptor = openSync(file, "a+", 0o644);
    try {
      if (!(await flock(descriptor, ["--nonblock"]))) {
        const holder = readHolder(file);
        if (!told) options.onWaiting?.(holder);
        told = true;
        const seconds = Math.max(0, (deadline - performance.now()) / 1000).toFixed(3);
        if (!(await flock(descriptor, ["--timeout", seconds]))) throw busy(readHolder(file));
      }
      // The last overlay's removal takes the file away with its folder: a lock on a file that has no name any more keeps nobody out.
      if (isStillNamed(descriptor, file)) {
        const text: Holder = { holder: options.holder, pid: process.pid, since: new Date().toISOString() };
        ftruncateSync(descriptor);
        writeSync(descriptor, `${JSON.stringify(text)}\n`);
        return descriptor;
      }
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    closeSync(descriptor);
  }
}

/** execa does not hand on an open file beyond the three standard ones, hence node's own spawn. */
function flock(descriptor: number, options: readonly string[]): Promise<boolean> {
  const child = spawn("flock", [...options, "3"], {
    stdio: ["ignore", "ignore", "pipe", descriptor],
    env: { ...process.env, LC_ALL: "C" },
  });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0 || code === 1) resolve(code === 0);
      else reject(new Error(`the host's lock cannot be taken: ${complaint.trim() || "flock was killed"}`));
    });
  });
}

function isStillNamed(descriptor: number, file: string): boolean {
  try {
    const named = statSync(file);
    const open = fstatSync(descriptor);
    return named.ino === open.ino && named.dev === open.dev;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  }
}

function readHolder(file: string): Holder {
  const unknown: Holder = { holder: "somebody", pid: 0, since: "" };
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof parsed === "object" && parsed !== null ? { ...unknown, ...parsed } : unknown;
  } catch (error) {
    // Between the kernel's lock and the text in its file, or between a removal and the next file, there is nothing to read.
    if (error instanceof SyntaxError || isErrno(error, "ENOENT")) return unknown;
    throw error;
  }
}

function busy(holder: Holder): HostBusy {
  return new HostBusy(
    `this host is being changed by ${holder.holder} (process ${holder.pid}) since ${holder.since}; run it again when that has ended, or end that process`,
  );
}
