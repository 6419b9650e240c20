/** `npm run docs`: runs docs/how-it-works.md on two lab hosts and writes what they printed into it. */
import { readFile, writeFile } from "node:fs/promises";
import { Lab } from "../hosts/index.js";
import { renderPage } from "./transcript.js";
import { page, walk } from "./walk.js";

async function main(): Promise<void> {
  const lab = await Lab.up({ name: "docs", hosts: 2 });
  try {
    await writeFile(page, renderPage(await walk(lab, await readFile(page, "utf8"))));
  } finally {
    await Lab.down("docs");
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
