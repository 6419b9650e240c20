import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  commandsOf,
  type Desired,
  namespacesOf,
  objectsOf,
  plan,
  readOutcome,
  type Spec,
  tablesOf,
} from "@overlaynet/core";
import { isBag } from "@overlaynet/provider/bag";
import type { Bag, CheckResult } from "@overlaynet/provider/engine";
import type { HostInputs } from "@overlaynet/provider/hosts";
import { checkContainer, type ContainerInputs } from "@overlaynet/provider/input/container";
import { checkNeighEntry, type NeighEntryInputs } from "@overlaynet/provider/input/neigh-entry";
import { checkOverlay, type OverlayInputs } from "@overlaynet/provider/input/overlay";
import { containerKind } from "@overlaynet/provider/resource/container";
import { neighEntryKind } from "@overlaynet/provider/resource/neigh-entry";
import { specOf } from "@overlaynet/provider/resource/overlay-spec";
import { quote } from "@overlaynet/provider/ssh/quote";
import { expect } from "chai";
import fc from "fast-check";
import { file, renamed } from "../model-kernel/specs.js";
import { skipBecause } from "../skip.js";
import { containerNews, neighNews, overlayNews } from "../unit/provider/samples.js";
import { RealKernel } from "./real-kernel.js";

/** Before the names of the namespaces; unlike anybody else's on this machine. */
const prefix = `ov${randomBytes(3).toString("hex")}-`;

/** Every input, those of a host and its connection among them. */
const inputs = {
  overlay: overlayNews({
    hosts: {
      a: {
        address: "192.168.64.27",
        connection: { host: "a.example", port: 22, user: "root", privateKeyPath: "/k", password: "p" },
      },
      b: { address: "192.168.64.28" },
    },
    ...{
      port: 4789,
      mtu: 1450,
      namespace: "overns",
      bridge: "br0",
      device: "vxlan1",
      learning: false,
      resolve: "push",
    },
    ...{ storage: "/var/lib/s", trustedVteps: ["192.168.64.50"], allowUnknownVteps: false, adopt: false },
    timeouts: { operation: 60, connect: 60 },
  }),
  container: containerNews({ mac: "02:42:07:07:07:02", mtu: 1400, interface: "eth0", gateway: true, adopt: false }),
  neigh: neighNews({ hosts: ["a"], port: 4789 }),
};
type Kind = keyof typeof inputs;

const checks: Record<Kind, (news: Bag) => CheckResult> = {
  overlay: checkOverlay,
  container: checkContainer,
  neigh: checkNeighEntry,
};

function specFrom(kind: Kind, checked: unknown): Spec {
  if (kind === "container") return containerKind.spec(checked as ContainerInputs);
  if (kind === "neigh") return neighEntryKind.spec(checked as NeighEntryInputs);
  const overlay = checked as OverlayInputs & { hosts: HostInputs };
  const [[name, { address }] = ["", { address: "" }]] = Object.entries(overlay.hosts);
  return specOf("lab-1", overlay, { name, address }, false);
}

/** Every place in what is given, those inside lists too. */
function placesIn(value: unknown, before: readonly string[] = []): string[][] {
  if (!isBag(value) && !Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => [[...before, key], ...placesIn(member, [...before, key])]);
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Bag)[key], value);
}

/** With another value at a place, or another name for it. */
function changed(
  value: unknown,
  [key = "", ...rest]: readonly string[],
  by: { value?: unknown; name?: string },
): unknown {
  const entries = Object.entries(value as Bag).map(([name, member]) => {
    if (name !== key) return [name, member] as const;
    if (rest.length > 0) return [name, changed(member, rest, by)] as const;
    return [by.name ?? name, "value" in by ? by.value : member] as const;
  });
  return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}

describe("hostile names and values, through every input", function () {
  this.timeout(240_000);
  let folder: string;

  before(function () {
    if (process.getuid?.() !== 0) skipBecause(this, "needs root, to make network namespaces");
    folder = mkdtempSync(join(tmpdir(), "overlaynet-hostile-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const hostile = (): fc.Arbitrary<string> => {
    const deed = `touch ${folder}/done`;
    return fc.oneof(
      fc.constantFrom(
        ...[
          `$(${deed})`,
          `\`${deed}\``,
          `; ${deed} #`,
          `' ; ${deed} ; '`,
          `" ; ${deed} ; "`,
          `\n${deed}\n`,
          `|${deed}`,
        ],
        ...[
          "-n",
          "--help",
          "-batch",
          "-",
          "..",
          ".",
          "/",
          "../../x",
          "a/b",
          "*",
          "~",
          "$HOME",
          "%s",
          "\\",
          "\0",
          "\r\n",
        ],
        ...[
          "",
          " ",
          "a b",
          "lo",
          "all",
          "default",
          "dev",
          "type",
          "netns 1",
          "x netns 1",
          "@vteps",
          "}",
          "{ 0.0.0.0/0 }",
        ],
        ...["0.0.0.0", "255.255.255.255", "127.0.0.1", "::1", "7.7.7.2/24", "007.7.7.2", "7.7.7", "0x7070702", "1e3"],
        ...["ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "02-42-07-07-07-02", "__proto__", "constructor", "toString"],
        ...["x".repeat(15), "x".repeat(16), "x".repeat(64), "x".repeat(300), "é", "ａ", "\u202e", "con", "A", "vethO2"],
      ),
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^[A-Za-z0-9._:\/@-]{1,16}$/),
    );
  };

  it("are refused, or are words to a real sh and names to a real ip, and do nothing else", () => {
    let accepted = 0;
    let refused = 0;
    const kinds = fc.constantFrom<Kind>("overlay", "container", "neigh");
    const how = fc.constantFrom("instead", "after", "before", "as the name");
    fc.assert(
      fc.property(kinds, fc.nat(), hostile(), how, (kind, number, value, way) => {
        const { __provider, owner, ...plain } = inputs[kind];
        const given = { ...plain, owner };
        const places = placesIn(given);
        const path = places[number % places.length]!;
        const was = at(given, path);
        const text = typeof was === "string" || typeof was === "number" ? String(was) : "";
        const by =
          way === "as the name"
            ? { name: value }
            : { value: { instead: value, after: text + value, before: value + text }[way] };
        const { inputs: checked, failures } = checks[kind]({ __provider, ...(changed(given, path, by) as Bag) });
        if (failures.length > 0) {
          refused += 1;
          return;
        }
        accepted += 1;
        const strings = placesIn(checked).flatMap((place) => [place.at(-1)!, at(checked, place)]);
        expectWords(strings.filter((one) => typeof one === "string"));
        expectReached(kind, specFrom(kind, checked));
        expect(readdirSync(folder)).to.deep.equal([]);
      }),
      { numRuns: 800 },
    );
    expect(accepted).to.be.greaterThan(15);
    expect(refused).to.be.greaterThan(200);
  });

  /** A real shell reads each back as it was; what holds a NUL byte is refused (see quote). */
  function expectWords(words: readonly string[]): void {
    const speakable = words.filter((word) => !word.includes("\0"));
    const { stdout } = spawnSync("/bin/sh", ["-c", quote(["printf", "%s\\0", ...speakable])], { encoding: "utf8" });
    expect(stdout.split("\0").slice(0, -1)).to.deep.equal(speakable.map((word) => Buffer.from(word).toString("utf8")));
  }

  /** A real kernel makes of it what is wanted, and nothing beside. */
  function expectReached(kind: Kind, spec: Spec): void {
    const owner = { project: "p", stack: "s", resource: "r" };
    const files: Desired[] = [file("u1", spec)];
    if (kind !== "overlay") {
      const { hosts, ...rest } = inputs.overlay;
      const { inputs: checked } = checkOverlay({ ...rest, hosts });
      files.unshift(file("u0", { ...specFrom("overlay", checked), overlay: spec.overlay }));
    }
    const desired = objectsOf(
      renamed(
        files.map((one) => ({ ...one, owner: { ...one.owner, ...owner } })),
        prefix,
      ),
    );
    const real = new RealKernel(prefix);
    try {
      const observation = real.observe(desired);
      const tables = real.tables(tablesOf(spec.overlay, desired));
      const { steps, conflicts } = plan({ overlay: spec.overlay, desired, previous: [], observation, tables });
      expect(conflicts).to.deep.equal([]);
      for (const batch of commandsOf(steps)) {
        const { stderr, exitCode } = real.run(batch);
        const { failures } = readOutcome(batch, stderr, exitCode);
        expect(failures.map(({ line, message }) => `${line.text}: ${message}`)).to.deep.equal([]);
      }
      expect(real.names()).to.deep.equal([...new Set(namespacesOf(desired))].sort());
      const again = {
        observation: real.observe(desired),
        tables: real.tables(tablesOf(spec.overlay, desired)),
      };
      const { steps: left } = plan({ overlay: spec.overlay, desired, previous: desired, ...again });
      expect(commandsOf(left).flatMap(({ lines }) => lines.map(({ text: line }) => line))).to.deep.equal([]);
    } finally {
      real.remove();
    }
  }
});
