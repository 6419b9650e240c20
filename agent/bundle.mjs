// Makes build/overlaynet.cjs, the one file that a host runs besides koffi.node. Not minified: a stack trace in a
// host's journal is to be read. Names no path of the machine it was built on, so two builds give the same bytes
// (test/lab/bundle.test.ts).
import { build } from "esbuild";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const root = import.meta.dirname;

const { metafile } = await build({
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
  metafile: true,
});

// What it was made of, for its bill of materials (tools/packages).
await mkdir(join(root, "dist"), { recursive: true });
await writeFile(join(root, "dist/bundle-inputs.json"), JSON.stringify(Object.keys(metafile.inputs)));
