// Makes build/overlaynet.cjs, the one file that a host runs besides koffi.node. Not minified: a stack trace in a
// host's journal is to be read. Names no path of the machine it was built on, so two builds give the same bytes.
import { build } from "esbuild";
import { join } from "node:path";
import { buildNative } from "./dist/artifacts/native.js";

const root = import.meta.dirname;

await build({
  absWorkingDir: root,
  // The sources and not what tsc made of them: unused parts of ES modules (two thirds of zod) stay away.
  entryPoints: [join(root, "main.ts")],
  conditions: ["source"],
  outfile: join(root, "build/overlaynet.cjs"),
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  external: ["koffi"],
  legalComments: "none",
  logLevel: "warning",
});

await buildNative(join(root, "build"), (line) => {
  process.stderr.write(`${line}\n`);
});
