import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatusDocument } from "@overlaynet/cli/document/status";
import { HostProblem, type Inspection, type RecordEntry } from "@overlaynet/core/operator/index";
import { expect } from "chai";
import fc from "fast-check";
import { expected, records, well } from "../../unit/cli/network.js";
import { type Ran, overlaynet, type Said } from "../../unit/cli/scene.js";

/** All that a terminal obeys, but for the end of a line. */
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const nasty = fc.oneof(
  fc.constantFrom(
    ...["\u001b[2J\u001b[H", "\u001b]0;owned\u0007", "\u009b2J", "\rall well", "x\n✓ all well\n", "\u202egnp.exe"],
    ...["../../../etc/cron.d/x", "/etc/passwd", "-H", "--help", "$(id)", "", "x".repeat(5000), "lab", "a"],
    ...["7.7.7.2", "192.168.64.27", "02:42:07:07:07:02", "__proto__", "constructor", "toString"],
  ),
  fc.string({ unit: "binary" }),
);
/** Any value that JSON brings, besides texts. */
const other = fc.oneof(nasty, fc.constantFrom<unknown>(null, -1, 1e308, 0.5, true, [], {}), fc.jsonValue());

type Path = readonly string[];

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function pathsIn(value: unknown, at: Path = []): Path[] {
  if (!isObject(value)) return [at];
  return [at, ...Object.entries(value).flatMap(([key, member]) => pathsIn(member, [...at, key]))];
}

/** With another value at a place, or another name for it. */
function changed(value: unknown, [key, ...rest]: Path, by: unknown, asName: boolean): unknown {
  if (key === undefined) return by;
  const entries = Object.entries(value as object).map(([name, member]: [string, unknown]): [string, unknown] => {
    if (name !== key) return [name, member];
    if (rest.length === 0 && asName) return [String(by), member];
    return [name, changed(member, rest, by, asName)];
  });
  return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}

/** Mostly a text for a text, which a schema lets pass. */
const lie = fc.oneof(
  { weight: 3, arbitrary: fc.record({ which: fc.nat(), by: nasty, how: fc.constant("text for text" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ which: fc.nat(), by: other, how: fc.constantFrom("value" as const, "name" as const) }),
  },
);
type Lie = typeof lie extends fc.Arbitrary<infer T> ? T : never;
const lies = fc.array(lie, { maxLength: 3 });

function told<T>(honest: T, made: readonly Lie[]): T {
  return made.reduce<unknown>((value, { which, by, how }) => {
    const all = pathsIn(value).filter((path) => how !== "text for text" || typeof at(value, path) === "string");
    return all.length === 0 ? value : changed(value, all[which % all.length] ?? [], by, how === "name");
  }, honest) as T;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
}

/** b, which may say anything of itself, its records and why it fails. */
const liar: fc.Arbitrary<Said> = fc
  .record({
    inspection: lies,
    records: lies,
    flood: fc.boolean(),
    kernel: nasty,
    failure: fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: nasty }),
  })
  .map((made): Said => {
    const answer = told<readonly RecordEntry[]>(records, made.records);
    const many = made.flood && Array.isArray(answer) ? new Array<typeof answer>(400).fill(answer).flat() : answer;
    return {
      ...well[1],
      kernel: made.kernel,
      inspection: told<Inspection>(well[1].inspection ?? { overlays: [] }, made.inspection),
      records: many,
      ...(made.failure === undefined ? {} : { failure: new HostProblem("failed", made.failure) }),
    };
  });

const verbs: readonly (readonly string[])[] = [
  ["status", "--all"],
  ["status", "--json"],
  ["records", "list"],
  ["records", "list", "--json"],
  ["records", "get", "7.7.7.2"],
  ["records", "rm", "7.7.7.2"],
  ["records", "export", "FOLDER"],
  ["version"],
  ["exec", "nobody", "--", "true"],
  ["graph", "--json"],
];

describe("hosts that lie to the command", function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), "overlaynet-liar-"))));
  after(() => rm(folder, { recursive: true }));

  const run = (said: Said, verb: readonly string[]): Promise<Ran> => {
    const argv = verb.map((word) => (word === "FOLDER" ? folder : word));
    return overlaynet(argv, [well[0], said], { expected });
  };

  for (const verb of verbs) {
    it(`end \`overlaynet ${verb.join(" ")}\` with a status of its own, and print nothing that a terminal obeys`, async () => {
      await fc.assert(
        fc.asyncProperty(liar, async (said) => {
          const { status, out, err } = await run(said, verb);
          expect(status).to.be.oneOf(verb[0] === "exec" ? [2, 255] : [0, 1, 2, 3]);
          expect(out).not.to.match(obeyed);
          expect(err).not.to.match(obeyed);
        }),
        { numRuns: 60 },
      );
    });
  }

  it("do not keep an honest one from being shown", async () => {
    await fc.assert(
      fc.asyncProperty(liar, async (said) => {
        const { out } = await run(said, ["status", "--json"]);
        const { hosts, containers } = StatusDocument.parse(JSON.parse(out));
        expect(hosts[0]).to.deep.include({ name: "a", reachable: true });
        expect(containers.filter(({ host }) => host === "a").map(({ name, state }) => [name, state])).to.deep.equal([
          ["green", "ok"],
          ["red", "ok"],
        ]);
      }),
    );
  });

  it("write no file but records", async () => {
    const names = (await readdir(folder, { recursive: true })).filter((name) => !/^(arp|fdb)$/.test(name));
    expect(names.filter((name) => !/^(arp\/[\d.]+|fdb\/[\da-f:]{17})$/.test(name))).to.deep.equal([]);
  });
});
