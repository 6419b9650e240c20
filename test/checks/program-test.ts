import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Stack, succeeded } from "./stack.js";

/** One edit of a program's configuration, and what has to be true after it. */
export interface Edit {
  readonly what: string;
  readonly configure: Readonly<Record<string, string>>;
  readonly check: () => Promise<void>;
}

/**
 * Takes a program through all that users do with one, in the order of Pulumi's own ProgramTest (pulumi: pkg/testing/integration/program.go): preview, up, no change, export and import, refresh, the
 * edits, destroy, nothing left.
 */
export async function programTest(stack: Stack, check: () => Promise<void>, edits: readonly Edit[]): Promise<void> {
  succeeded("preview", await stack.preview());
  succeeded("up", await stack.up());
  await check();
  succeeded("preview of what is so already", await stack.preview("--expect-no-changes"));
  succeeded("up of what is so already", await stack.up("--expect-no-changes"));
  const file = join(stack.folder, "exported.json");
  await writeFile(file, await stack.export());
  await stack.import(file);
  succeeded("refresh of an imported state", await stack.refresh("--expect-no-changes"));
  succeeded("preview after a refresh", await stack.preview("--expect-no-changes"));
  for (const edit of edits) {
    await stack.configure(edit.configure);
    succeeded(`up after ${edit.what}`, await stack.up());
    await edit.check();
    succeeded(`preview after ${edit.what}`, await stack.preview("--expect-no-changes"));
  }
  await destroyed(stack);
}

/** The short way of a program: preview, up, what has to be true then, no change, destroy, nothing left. */
export async function shortProgramTest(stack: Stack, check: () => Promise<void>): Promise<void> {
  succeeded("preview", await stack.preview());
  succeeded("up", await stack.up());
  await check();
  succeeded("preview of what is so already", await stack.preview("--expect-no-changes"));
  await destroyed(stack);
}

async function destroyed(stack: Stack): Promise<void> {
  succeeded("destroy", await stack.destroy());
  expect(await resourcesOf(stack), "the state after destroy").to.deep.equal([]);
}

async function resourcesOf(stack: Stack): Promise<string[]> {
  const { deployment } = JSON.parse(await stack.export()) as { deployment: { resources?: { urn: string }[] } };
  return (deployment.resources ?? []).map(({ urn }) => urn);
}
