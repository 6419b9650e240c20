/**
 * `node test/dist/states/record.js`, as root: makes the main job in a lab and keeps, as test/states/schema-<n>/, the exported state and what the hosts were asked for. Run once for each form of state
 * that is released; later versions have to read it.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { schemaVersion } from "@overlaynet/provider/resource/state";
import { startSshAgent } from "../checks/ssh-agent.js";
import { Stack, succeeded } from "../checks/stack.js";
import { Lab } from "../hosts/index.js";
import { desiredFolder, project, recordedTopology } from "./recorded.js";

interface Exported {
  readonly version: number;
  readonly deployment: {
    readonly manifest: unknown;
    readonly secrets_providers?: unknown;
    readonly resources: readonly Record<string, unknown>[];
  };
}

async function main(): Promise<void> {
  const folder = join(__dirname, "..", "..", "states", `schema-${schemaVersion}`);
  const lab = await Lab.up({ name: "record", hosts: 2 });
  try {
    const stack = await Stack.create(lab, project, { SSH_AUTH_SOCK: await startSshAgent(lab) });
    await stack.declare(recordedTopology(lab));
    succeeded("up", await stack.up());
    const { version, deployment } = JSON.parse(await stack.export()) as Exported;
    // Without the passphrase's salt: there is no secret in it, and whoever loads it has another passphrase.
    const { secrets_providers: _provider, resources, ...rest } = deployment;
    const timeless = resources.map((resource) => {
      // Times, and places in this machine's file system: nothing that the engine needs.
      const { created: _c, modified: _m, sourcePosition: _p, stackTrace: _t, ...rest } = resource;
      return rest;
    });
    await mkdir(folder, { recursive: true });
    const text = JSON.stringify({ version, deployment: { ...rest, resources: timeless } }, undefined, 2);
    await writeFile(join(folder, "stack.json"), `${text}\n`);
    for (const host of lab.hosts) {
      const { stdout: names } = await host.ssh(["ls", desiredFolder]);
      await mkdir(join(folder, host.name), { recursive: true });
      for (const name of names.split("\n")) {
        const file = await host.ssh(["cat", `${desiredFolder}/${name}`]);
        await writeFile(join(folder, host.name, name), `${file.stdout}\n`);
      }
    }
    succeeded("destroy", await stack.destroy());
  } finally {
    await lab.down();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
