import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium-headless-shell", "chromium", "google-chrome"];

/** A Chromium of this machine; undefined when it has none. Debian has packages of it, `npm run setup` installs one; Ubuntu has none. */
export function browserPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** Starts it without a window. It opens only what tests made. */
export function startBrowser(executablePath: string): Promise<Browser> {
  // Its sandbox does not work as root, as which labs run.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
