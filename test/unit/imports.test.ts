import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect } from "chai";
import ts from "typescript";

const ROOT = resolve(__dirname, "..", "..", "..");

/**
 * What each package's sources may import, beside their own files: the arrows are sdk → provider → core ← cli ← agent, and sdk → cli.
 * A name stands for the package and everything in it; `node:` for Node's own modules.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // No I/O: what the model and every decision are made of must run anywhere, and twice alike.
  core: ["ipaddr.js", "zod"],
  // The verbs ask hosts by what they are given: on an operator's machine that is SSH, on a host the host itself.
  cli: ["node:", "@overlaynet/core", "@bomb.sh/tab", "commander", "elkjs", "tar", "zod"],
  // On a host there is no Pulumi.
  agent: ["node:", "@overlaynet/core", "@overlaynet/cli", "commander", "execa", "koffi", "prom-client", "zod"],
  // It installs what the agent's package made to be installed, and shares no other code with it.
  provider: ["node:", "@overlaynet/core", "@overlaynet/agent/artifacts", "ssh2", "zod"],
  sdk: ["node:", "@overlaynet/core", "@overlaynet/provider", "@overlaynet/cli", "@pulumi/pulumi"],
};

/** What must never be allowed, whatever is added to the lists above. */
const FORBIDDEN: Readonly<Record<string, readonly RegExp[]>> = {
  core: [/^node:/, /^execa$/, /^ssh2$/, /^koffi$/, /^@overlaynet\//, /^overlaynet$/, /^@pulumi\//],
  cli: [/^@overlaynet\/(agent|provider)/, /^overlaynet$/, /^@pulumi\//, /^ssh2$/, /^koffi$/],
  agent: [/^@overlaynet\/provider/, /^overlaynet$/, /^@pulumi\//, /^ssh2$/],
  provider: [/^@overlaynet\/agent(?!\/artifacts$)/, /^@overlaynet\/cli/, /^overlaynet$/, /^@pulumi\/pulumi/],
  sdk: [/^@overlaynet\/agent/, /^ssh2$/, /^koffi$/],
};

function sources(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const outside = new Set(["dist", "node_modules", "build"]);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.[cm]?ts$/.test(file) && !file.endsWith(".d.ts"))
    .filter((file) => !file.split(sep).some((part) => outside.has(part)))
    .map((file) => join(folder, file));
}

/** The modules a text names in import, export … from, import() and require(). */
function imports(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
}

/** Why `specifier`, in `file` of `member`, is wrong; undefined when it is not. */
function objection(member: string, file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) {
    const target = relative(join(ROOT, member), resolve(dirname(file), specifier));
    return target.startsWith("..") ? "leaves its package" : undefined;
  }
  const allowed = (ALLOWED[member] ?? []).some((name) =>
    name === "node:" ? specifier.startsWith(name) : specifier === name || specifier.startsWith(`${name}/`),
  );
  return allowed ? undefined : `is not among what ${member} may import`;
}

describe("imports", () => {
  for (const member of Object.keys(ALLOWED)) {
    it(`of ${member} keep to the arrows`, () => {
      const wrong = sources(join(ROOT, member)).flatMap((file) =>
        imports(readFileSync(file, "utf8")).flatMap((specifier) => {
          const reason = objection(member, file, specifier);
          return reason === undefined ? [] : [`${relative(ROOT, file)}: "${specifier}" ${reason}`];
        }),
      );
      expect(wrong).to.deep.equal([]);
    });

    it(`of ${member} are allowed by nobody's slip`, () => {
      const slips = (ALLOWED[member] ?? []).filter((name) => FORBIDDEN[member]?.some((pattern) => pattern.test(name)));
      expect(slips).to.deep.equal([]);
    });
  }

  it("are seen in every form", () => {
    const text = `import a from "a"; export * from "b"; import type { C } from "c"; const d = import("d");
      const e = require("e"); import f = require("f"); import "g";`;
    expect(imports(text).sort()).to.deep.equal(["a", "b", "c", "d", "e", "f", "g"]);
  });

  it("that are wrong are named", () => {
    const file = join(ROOT, "core", "plan", "plan.ts");
    expect(objection("core", file, "node:fs")).to.include("not among");
    expect(objection("core", file, "fs")).to.include("not among");
    expect(objection("core", file, "../../agent/session.js")).to.include("leaves");
    expect(objection("core", file, "../model/mac.js")).to.equal(undefined);
    expect(objection("agent", file, "@pulumi/pulumi")).to.include("not among");
    expect(objection("provider", file, "@overlaynet/agent/session")).to.include("not among");
    expect(objection("agent", file, "@overlaynet/core/model/mac")).to.equal(undefined);
  });
});
