import { closeSync, constants, fchmodSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { isErrno, whereThereIsRoom } from "../store/atomic.js";

const directory = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Not blocking: a named pipe, or a device that somebody put there, must not stop what holds the host's lock. */
const file = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * A folder of records that is worked in as root, though others may write to it: it is opened once, and names in it are reached through what is open, so that
 * nobody puts a link to another folder in its place meanwhile, and no link in it is followed.
 */
export class OwnFolder {
  readonly path: string;
  readonly #descriptor: number;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  /** Makes it when it is missing, readable by all, so that the resolver and people can look; one that exists keeps what people gave it. @throws Error a sentence when it is a link */
  static make(path: string): OwnFolder {
    const made = whereThereIsRoom(path, () => mkdirSync(path, { recursive: true })) !== undefined;
    const folder = OwnFolder.open(path);
    if (folder === undefined) throw new Error(`${path} was removed while records were written; run it again`);
    if (made) fchmodSync(folder.#descriptor, 0o755);
    return folder;
  }

  /** `undefined` when it is not there. @throws Error a sentence when it is a link */
  static open(path: string): OwnFolder | undefined {
    try {
      return new OwnFolder(path, openSync(path, directory));
    } catch (error) {
      if (isErrno(error, "ENOENT")) return undefined;
      if (!isErrno(error, "ELOOP", "ENOTDIR")) throw error;
      throw new Error(
        `${path} is no folder but a link or a file; records are kept in a folder: remove it, or choose another storage`,
        {
          cause: error,
        },
      );
    }
  }

  /** The path of a name in it, whatever has its own name by now (proc_pid_fd(5)). */
  at(name: string): string {
    return join("/proc/self/fd", String(this.#descriptor), name);
  }

  /** A descriptor to read a file of it; what it is instead, in words; `undefined` when it is not there. */
  open(name: string): number | string | undefined {
    try {
      return openSync(this.at(name), file);
    } catch (error) {
      if (isErrno(error, "ENOENT")) return undefined;
      if (isErrno(error, "ELOOP")) return "a link";
      if (isErrno(error, "ENXIO", "EACCES")) return "no regular file";
      throw error;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
