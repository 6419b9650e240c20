import { readFileSync } from "node:fs";
import { releasePages } from "../netlink/native.js";

/**
 * Gives back the pages of the runtime's machine code, of which a start needs three times as much as what follows: 16 MB less resident
 * (bench/RESULTS.md). What is used again comes from the page cache, 64 kB at a time.
 */
export function releaseRuntimeCode(): void {
  for (const { address, length } of codeOf(process.execPath)) releasePages(address, length);
}

interface Mapping {
  readonly address: number;
  readonly length: number;
}

/** Where a file's code is mapped into this process: `00e00000-02b1e000 r-xp 00a00000 fe:00 1234 /usr/bin/node` (proc_pid_maps(5)). */
function codeOf(file: string): Mapping[] {
  const found: Mapping[] = [];
  for (const line of readFileSync("/proc/self/maps", "utf8").split("\n")) {
    const [range = "", permissions, , , , path] = line.split(/ +/);
    if (permissions !== "r-xp" || path !== file) continue;
    const [first = "", end = ""] = range.split("-");
    const address = parseInt(first, 16);
    found.push({ address, length: parseInt(end, 16) - address });
  }
  return found;
}
