import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ControlServer } from "@overlaynet/agent/resolver/control";
import { Counters, type MissOutcome, type SyncCause } from "@overlaynet/agent/resolver/counters";
import { Exposition } from "@overlaynet/agent/resolver/exposition";
import type { ResolverStatus } from "@overlaynet/agent/resolver/status";
import { expect } from "chai";
import { skipBecause } from "../../skip.js";
import { config } from "../core/resolver/samples.js";

const docs = join(__dirname, "..", "..", "..", "..", "docs");
const monitoring = join(docs, "monitoring");
const outcomes: readonly MissOutcome[] = ["answered", "unknown", "failed", "limited"];
const causes: readonly SyncCause[] = ["interval", "records"];

function exposition(): Exposition {
  const counters = new Counters();
  for (const outcome of outcomes) counters.countMiss("l3", outcome);
  for (const cause of causes) counters.countSync(cause);
  const sync = { neighbours: 2, forwarding: 1, added: 0, changed: 0, removed: 0, failed: 0, failures: [], ignored: 0 };
  const status = { config, sync, records: { arp: 3, fdb: 2 }, complaints: [], unknownAddresses: 0 };
  return new Exposition(counters, () => status as unknown as ResolverStatus);
}

/** The names of all series that a resolver exposes, and all of their labels as `name="value"`. */
async function exposed(): Promise<{ names: ReadonlySet<string>; labels: ReadonlySet<string> }> {
  const lines = (await exposition().render()).split("\n").filter((line) => /^\w/.test(line));
  return {
    names: new Set(lines.map((line) => /^\w+/.exec(line)?.[0] ?? "")),
    labels: new Set(lines.flatMap((line) => line.match(/\w+="[^"]*"/g) ?? [])),
  };
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

describe("docs/monitoring", () => {
  it("names only metrics that a resolver has, in the alerts, the dashboard and operations.md", async () => {
    const { names } = await exposed();
    for (const file of ["monitoring/alerts.yaml", "monitoring/dashboard.json", "operations.md"]) {
      const named = readFileSync(join(docs, file), "utf8").match(/overlaynet_resolver_\w+/g) ?? [];
      expect(named, file).not.to.have.lengthOf(0);
      // A histogram as a whole is named without its series' endings.
      for (const name of named)
        expect(names.has(name) || names.has(`${name}_count`), `${name} in ${file}`).to.equal(true);
    }
  });

  it("asks for labels and outcomes that there are", async () => {
    const { labels } = await exposed();
    const text = readFileSync(join(monitoring, "alerts.yaml"), "utf8");
    const asked = [...text.matchAll(/(outcome|table|layer)=~?"([^"]*)"/g)].flatMap(([, label = "", values = ""]) =>
      values.split("|").map((value) => `${label}="${value}"`),
    );
    expect(asked).not.to.have.lengthOf(0);
    for (const label of asked) expect(labels).to.include(label);
  });

  it("shows every metric of a resolver on the dashboard", async () => {
    const dashboard = JSON.parse(readFileSync(join(monitoring, "dashboard.json"), "utf8")) as Dashboard;
    const shown = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join("\n");
    for (const name of (await exposed()).names) {
      if (!/_(sum|count)$/.test(name)) expect(shown).to.match(new RegExp(`\\b${name}\\b`));
    }
  });

  it("has a script that writes what resolvers say, and removes what no resolver says any more", async function () {
    const run = promisify(execFile);
    try {
      await run("curl", ["--version"]);
    } catch {
      skipBecause(this, "needs curl, as the script does");
    }
    const folder = mkdtempSync(join(tmpdir(), "overlaynet-metrics-"));
    const said = exposition();
    mkdirSync(join(folder, "sockets", "lab"), { recursive: true });
    mkdirSync(join(folder, "collected"));
    const server = await ControlServer.listen(join(folder, "sockets", "lab", "control.sock"), {
      sync: () => undefined,
      status: () => undefined,
      metrics: async () => ({ contentType: said.contentType, text: await said.render() }),
      listen: () => ({ skipped: () => 0, close: () => undefined }),
    });
    const collect = (): Promise<unknown> =>
      run(join(monitoring, "overlaynet-metrics.sh"), [join(folder, "collected"), join(folder, "sockets")]);
    try {
      writeFileSync(join(folder, "collected", "overlaynet-gone.prom"), "");
      await collect();
      expect(readdirSync(join(folder, "collected"))).to.deep.equal(["overlaynet-lab.prom"]);
      const text = readFileSync(join(folder, "collected", "overlaynet-lab.prom"), "utf8");
      expect(text).to.equal(await said.render());
    } finally {
      server.close();
    }
    await collect();
    expect(readdirSync(join(folder, "collected"))).to.deep.equal([]);
    rmSync(folder, { recursive: true });
  });
});
