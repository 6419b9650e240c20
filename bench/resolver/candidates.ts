import { chmodSync, copyFileSync, createReadStream, createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import {
  agentArtifact,
  type Architecture,
  launcher,
  resolverFlags,
  runtimeArtifact,
} from "@overlaynet/agent/artifacts/index";
import { run } from "@overlaynet/test/hosts/command";
import type { Field } from "./field.js";

/** One of the daemons that do the same job. */
export interface Candidate {
  readonly name: string;
  argv(field: Field): string[];
}

/** The programs of a run. */
export interface Programs {
  /** Our resolver: the executable, bundle and launcher that a host gets, and the arguments that its unit gives. */
  readonly own: Candidate;
  /** The same job in C, with the records in memory: the limit of the machine. */
  readonly reference: Candidate;
  /** A miss answered by Node with nothing around it: the limit of the runtime. */
  readonly floor: Candidate;
  /** The hand-made way: Python, and a look into the files at each miss. */
  readonly original: Candidate;
  /** What makes misses and sees when they are answered. */
  readonly generator: string;
}

const native = join(__dirname, "..", "..", "resolver", "native");

/** Installs and compiles everything below a folder. */
export async function makePrograms(folder: string): Promise<Programs> {
  const executable = await installOwn(join(folder, "lib"));
  const reference = await compile(folder, "reference");
  const generator = await compile(folder, "generator");
  return {
    own: {
      name: "overlaynet",
      argv: ({ site }) => {
        const { configPath, socketPath, namespacePath } = site;
        return [executable, "resolver", "--config", configPath, "--socket", socketPath, "--namespace", namespacePath];
      },
    },
    reference: {
      name: "C",
      argv: ({ site: { config }, records }) => [reference, config.device, config.bridge, records.text, config.resolve],
    },
    floor: {
      name: "bare Node",
      argv: ({ site: { config } }) => [
        join(executable, "..", "node"),
        ...resolverFlags,
        join(__dirname, "floor.js"),
        config.device,
        config.bridge,
      ],
    },
    original: {
      name: "original",
      argv: ({ site: { config } }) => ["/usr/bin/python3", join(native, "original.py"), config.device, config.storage],
    },
    generator,
  };
}

/** As the provider does it on a host, without the way there. */
async function installOwn(folder: string): Promise<string> {
  const architecture = process.arch as Architecture;
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  mkdirSync(folder, { recursive: true });
  const node = join(folder, "node");
  const executable = join(folder, "overlaynet");
  const { gzipPath } = await runtimeArtifact(architecture, say);
  await pipeline(createReadStream(gzipPath), createGunzip(), createWriteStream(node, { mode: 0o755 }));
  for (const { name, path } of (await agentArtifact(architecture)).files) copyFileSync(path, join(folder, name));
  writeFileSync(executable, launcher(node, folder));
  chmodSync(executable, 0o755);
  return executable;
}

async function compile(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const warnings = ["-Wall", "-Wextra", "-Werror"];
  await run(["gcc", "-std=gnu11", "-O2", ...warnings, "-o", path, join(native, `${name}.c`)]);
  return path;
}
