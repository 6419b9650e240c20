import { InvalidValue } from "@overlaynet/core/model/index";
import { UsageError } from "@overlaynet/core/operator/index";
import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir } from "node:fs/promises";

/**
 * Folders on the way of somebody who works as root, that others may write to: no link is followed, so that no file of elsewhere is read or written, and no pipe or device is waited for.
 */
const careful = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads a file of at most so many bytes, without the blanks around its text. @throws UsageError that names it: a link, no file, too long, or not what `parse` expects */
export function readPlainFile<T>(path: string, longest: number, parse: (text: string) => T): Promise<T> {
  return onFile(path, constants.O_RDONLY, async (file, size) => {
    if (size > longest) throw new UsageError(`expected at most ${longest} bytes, got ${size}`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(longest), 0, longest, 0);
    return parse(buffer.toString("latin1", 0, bytesRead).trim());
  });
}

/** Writes a file, or overwrites one. @throws UsageError that names it: a link, no file, or not to be written */
export function writePlainFile(path: string, text: string): Promise<void> {
  return onFile(path, constants.O_WRONLY | constants.O_CREAT, async (file) => {
    await file.truncate();
    await file.writeFile(text);
  });
}

/** Makes a folder, and those above it, where it is missing. @throws UsageError that names it: a link, or not to be made */
export function makeFolder(path: string): Promise<void> {
  return named(path, async () => {
    await mkdir(path, { recursive: true });
    if (!(await lstat(path)).isDirectory()) throw new UsageError("expected a folder, got a link");
  });
}

/** The names in a folder, none when it is missing. @throws UsageError that names it */
export function listFolder(path: string): Promise<string[]> {
  return named(path, async () => {
    try {
      return await readdir(path);
    } catch (error) {
      if (isSystemError(error) && error.code === "ENOENT") return [];
      throw error;
    }
  });
}

function onFile<T>(path: string, flags: number, work: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  return named(path, async () => {
    const file = await open(path, flags | careful, 0o666);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new UsageError("expected a file, got something else");
      return await work(file, stats.size);
    } finally {
      await file.close();
    }
  });
}

async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isLink = isSystemError(error) && error.code === "ELOOP";
    const isForeseen = error instanceof UsageError || error instanceof InvalidValue || isSystemError(error);
    if (!isForeseen) throw error;
    throw new UsageError(`${path}: ${isLink ? "expected a file, got a link" : error.message}`);
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
