/** `node build.js`, a step of the package's `bundle` script: puts the native boundary into build/. */
import { join } from "node:path";
import { buildNative } from "./native.js";

buildNative(join(__dirname, "..", "..", "build"), (line) => process.stderr.write(`${line}\n`)).catch(
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
