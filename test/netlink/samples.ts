import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const test = join(__dirname, "..", "..");

/** One datagram of a file of captures or of the corpus. */
export interface Sample {
  /** What made the kernel say it, or why it is here. */
  readonly title: string;
  readonly bytes: Buffer;
  /** What it says, as a person reads it: the lines that begin with `> `. */
  readonly decoded: readonly string[];
}

/** Reads `== title`, lines of hex, and lines that begin with `> `; what comes before the first title is for people. */
export function parseSamples(text: string): Sample[] {
  return text
    .split(/^== /m)
    .slice(1)
    .map((section) => {
      const [title = "", ...lines] = section.trim().split("\n");
      const decoded = lines.filter((line) => line.startsWith("> ")).map((line) => line.slice(2));
      const hex = lines.filter((line) => !line.startsWith("> ")).join("");
      return { title, bytes: Buffer.from(hex, "hex"), decoded };
    });
}

/** What the kernel really said, made by capture.ts. */
export const captures = join(test, "golden", "netlink", "kernel.txt");

export function readSamples(path: string): Sample[] {
  return parseSamples(readFileSync(path, "utf8"));
}

/** What the kernel said, and what it never would but somebody might (test/netlink/corpus). */
export function corpus(): Sample[] {
  const folder = join(test, "netlink", "corpus");
  const made = readdirSync(folder).sort();
  return [captures, ...made.map((file) => join(folder, file))].flatMap(readSamples);
}
