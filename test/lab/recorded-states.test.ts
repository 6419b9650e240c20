import { readdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { schemaVersion } from "@overlaynet/provider/resource/state";
import { expectNoChange } from "../checks/main-job.js";
import { expectEveryPairPings } from "../checks/network.js";
import { startSshAgent } from "../checks/ssh-agent.js";
import { Stack, succeeded } from "../checks/stack.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { Lab, type Snapshot } from "../hosts/index.js";
import { desiredFolder, project, recordedTopology } from "../states/recorded.js";
import { installAgent } from "./agent-session.js";

const states = join(__dirname, "..", "..", "states");
const forms = readdirSync(states).filter((name) => name.startsWith("schema-"));

/** States that earlier versions wrote, and what their hosts were asked for then, are read by this one. */
describe("recorded states", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let stack: Stack;
  let untouched: readonly Snapshot[];

  before(async () => {
    lab = await Lab.up({ name: "recorded", hosts: 2 });
    // The first `ip netns add` leaves /run/netns mounted, which no one can avoid.
    for (const host of lab.hosts) await host.script("ip netns add first; ip netns del first");
    untouched = await snapshots(lab.hosts);
    stack = await Stack.create(lab, project, { SSH_AUTH_SOCK: await startSshAgent(lab) });
  });
  after(() => Lab.down("recorded"));

  it("are there for the present form and every one before", () => {
    const expected = Array.from({ length: schemaVersion }, (_, index) => `schema-${index + 1}`);
    expect(forms).to.have.members(expected);
  });

  for (const form of forms) {
    const folder = join(states, form);

    it(`${form} is loaded, and shows no change`, async () => {
      for (const host of lab.hosts) {
        await installAgent(lab, host);
        await host.ssh(["mkdir", "-p", desiredFolder]);
        for (const name of await readdir(join(folder, host.name))) {
          const input = await readFile(join(folder, host.name, name), "utf8");
          await host.ssh(["sh", "-c", 'cat > "$0"', `${desiredFolder}/${name}`], { input });
        }
        await host.ssh(["overlaynet", "ensure", "lab"]);
      }
      await stack.import(join(folder, "stack.json"));
      await stack.declare(recordedTopology(lab));
      succeeded("preview", await stack.preview("--expect-no-changes"));
    });

    it(`${form} is refreshed, mended in place and used`, async () => {
      const before = await resources();
      succeeded("refresh", await stack.refresh());
      expect(await resources(), "a refresh forgets nothing").to.deep.equal(before);
      const { output } = succeeded("preview", await stack.preview());
      expect(output).not.to.match(/replace|delete/);
      succeeded("up", await stack.up());
      expect(await resources(), "nothing is replaced").to.deep.equal(before);
      await expectEveryPairPings(lab, recordedTopology(lab));
      await expectNoChange(stack);
    });

    it(`${form} is destroyed, and leaves the hosts as they were`, async () => {
      succeeded("destroy", await stack.destroy());
      await expectUntouched(lab.hosts, untouched, "after destroy");
    });
  }

  it("the latest form is what this version writes", async () => {
    await stack.declare(recordedTopology(lab));
    succeeded("up", await stack.up());
    const recorded = await readFile(join(states, `schema-${schemaVersion}`, "stack.json"), "utf8");
    const [now, then] = [await stack.export(), recorded].map((state) =>
      Object.fromEntries(ours(state).map(({ urn, inputs, outputs }) => [urn, shape({ inputs, outputs })])),
    );
    expect(Object.keys(now ?? {})).to.have.length(5);
    expect(now).to.deep.equal(then);
    succeeded("destroy", await stack.destroy());
    await expectUntouched(lab.hosts, untouched, "after destroy");
  });

  /** The names and ids of what the state holds. */
  async function resources(): Promise<string[]> {
    return ours(await stack.export())
      .map(({ urn, id }) => `${urn} ${id}`)
      .sort();
  }
});

interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: unknown;
  readonly outputs: unknown;
}

/** This package's resources in an exported state. */
function ours(state: string): Resource[] {
  const { deployment } = JSON.parse(state) as { deployment: { resources: Resource[] } };
  return deployment.resources.filter(({ type }) => type.includes("dynamic/"));
}

/** The value with the types of what is in it instead of texts, numbers and choices. */
function shape(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  if (Array.isArray(value)) return value.map(shape);
  return Object.fromEntries(Object.entries(value).map(([name, member]: [string, unknown]) => [name, shape(member)]));
}
