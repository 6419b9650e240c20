/**
 * `node main.js`, the last step of `npm run build`: gives the packages what they are packed with besides their code: the licence, the
 * README, and a bill of materials (sbom.cdx.json, CycloneDX). No script of a package has to run for that when it is packed.
 */
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pinnedFiles } from "@overlaynet/agent/artifacts";
import { execa } from "execa";
import { identityOf, type Places, productionPlaces } from "./lock.js";
import { type Sbom, sbomOf } from "./sbom.js";

const root = join(__dirname, "..", "..", "..");

async function json<T>(...path: string[]): Promise<T> {
  return JSON.parse(await readFile(join(root, ...path), "utf8")) as T;
}

/** The packages from which the agent's bundle was really made, as esbuild tells it, by their places. */
async function bundledPlaces(places: Places): Promise<string[]> {
  const inputs = await json<string[]>("agent", "dist", "bundle-inputs.json");
  const folders = inputs.flatMap(
    (input) => /^(?:\.\.\/)*((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [],
  );
  for (const folder of folders) identityOf(places, folder);
  return [...new Set(folders)];
}

async function main(): Promise<void> {
  const { packages: places } = await json<{ packages: Places }>("package-lock.json");
  // Needs no registry: what it says is in the lock file.
  const argv = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const workspace = JSON.parse((await execa("npm", argv, { cwd: root })).stdout) as Sbom;
  for (const name of ["core", "cli", "agent", "provider", "sdk"]) {
    const inside = [...productionPlaces(places, name), ...(name === "agent" ? await bundledPlaces(places) : [])];
    const references = [...new Set(inside.map((place) => identityOf(places, place)))].sort();
    const files = inside.includes("agent") || name === "agent" ? pinnedFiles : [];
    const sbom = sbomOf(workspace, identityOf(places, name), references, files);
    await writeFile(join(root, name, "dist", "sbom.cdx.json"), `${JSON.stringify(sbom, undefined, 1)}\n`);
    await copyFile(join(root, "LICENSE"), join(root, name, "LICENSE"));
  }
  await copyFile(join(root, "README.md"), join(root, "sdk", "README.md"));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
