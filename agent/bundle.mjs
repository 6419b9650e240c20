// Makes what a host runs besides koffi.node: build/overlaynet.cjs, resolver.cjs and exposition.cjs, each with all it needs.
// Not minified: a stack trace in a host's journal is to be read. Names no path of the machine it was built on, so two builds
// give the same bytes (test/lab/bundle.test.ts).
import { build } from "esbuild";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const root = import.meta.dirname;

/** Sources that have a bundle of their own, loaded when they are imported by `import()`. */
const apart = { "./resolver/main.js": "./resolver.cjs", "./exposition.js": "./exposition.cjs" };

const separate = {
  name: "separate",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, kind }) =>
      kind === "dynamic-import" && path in apart ? { path: apart[path], external: true } : undefined,
    );
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  // The sources and not what tsc made of them: unused parts of ES modules (two thirds of zod) stay away.
  entryPoints: {
    overlaynet: join(root, "main.ts"),
    resolver: join(root, "resolver/main.ts"),
    exposition: join(root, "resolver/exposition.ts"),
  },
  conditions: ["source"],
  outdir: join(root, "build"),
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  external: ["koffi"],
  plugins: [separate],
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
});

// What they were made of, for their bill of materials (tools/packages).
await mkdir(join(root, "dist"), { recursive: true });
await writeFile(join(root, "dist/bundle-inputs.json"), JSON.stringify(Object.keys(metafile.inputs)));
