import { constants } from "node:fs";
import { atWorkingDirectory, close, openAt, readNames } from "../netlink/native.js";

/** Two hundred names or so: reading their files takes a millisecond, and then others have their turn. */
const buffer = Buffer.allocUnsafeSlow(8 * 1024);
/** `struct linux_dirent64`: the record's length at 16, the name at 19, ended by a zero byte. */
const lengthAt = 16;
const nameAt = 19;
const dot = 0x2e;

/** A folder that is open: it stays the same one when its name is given to another. */
export class Directory {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** Answers with an errno when it cannot be opened. */
  static open(path: string): Directory | number {
    const fd = openAt(atWorkingDirectory, Buffer.from(`${path}\0`), constants.O_RDONLY | constants.O_DIRECTORY);
    return fd < 0 ? -fd : new Directory(fd);
  }

  /**
   * Goes through all names but those that begin with a dot, each the bytes between two places, a zero byte behind them, which are valid
   * only during the call. Neither a string nor an array of them is made: those of a hundred thousand take as much memory as a resolver.
   *
   * @param pause called after every so many
   * @returns an errno, zero when all were seen
   */
  forEach(visit: (names: Buffer, start: number, end: number) => void, pause?: () => void): number {
    for (;;) {
      const length = readNames(this.fd, buffer);
      if (length <= 0) return -length;
      for (let offset = 0; offset < length; offset += buffer.readUInt16LE(offset + lengthAt)) {
        const start = offset + nameAt;
        if (buffer[start] !== dot) visit(buffer, start, buffer.indexOf(0, start));
      }
      pause?.();
    }
  }

  close(): void {
    close(this.fd);
  }
}
