import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { Stack, succeeded } from "../checks/stack.js";
import { hostArguments } from "../checks/topology.js";
import { run } from "../hosts/command.js";
import { Lab } from "../hosts/index.js";

/** The checkout, seen from where this file is compiled to. */
const checkout = join(__dirname, "..", "..", "..");
const typescript = join(checkout, "node_modules", "typescript", "bin", "tsc");

/** A user's project: which Node.js and SDK it has, and in what it is written. */
interface Project {
  readonly node: string;
  readonly pulumi: string;
  readonly name: string;
  /** `"type"` of package.json. */
  readonly type: "commonjs" | "module";
  readonly file: "index.js" | "index.ts";
  /** How npm lays node_modules out: "linked" as pnpm does, where a package finds what it depends on, and nothing else. */
  readonly layout: "hoisted" | "linked";
}

/** The oldest and the newest SDK that the package says it goes with, each Node.js that is maintained, and each way to write a program. */
const projects: readonly Project[] = [
  { name: "JavaScript", type: "commonjs", file: "index.js", node: "20.20.2", pulumi: "3.216.0", layout: "hoisted" },
  {
    name: "TypeScript as an ES module",
    type: "module",
    file: "index.ts",
    node: "22.23.3",
    pulumi: "3.248.0",
    layout: "linked",
  },
  {
    name: "TypeScript as CommonJS",
    type: "commonjs",
    file: "index.ts",
    node: "24.21.0",
    pulumi: "3.270.0",
    layout: "hoisted",
  },
];

/** The compiler as strict users have it: looking into the declarations of packages, too. */
function compile(...files: string[]): string[] {
  const module = ["--module", "node20", "--target", "es2022", "--strict", "--types", "node"];
  const roots = ["--typeRoots", join(checkout, "node_modules", "@types"), "--skipLibCheck", "false"];
  return [process.execPath, typescript, ...module, ...roots, ...files];
}

/** The TypeScript in the documentation, docstrings included, each example as a program of its own. */
async function documented(): Promise<string[]> {
  const folders = { ".": /^README\.md$/, docs: /\.md$/, sdk: /(?<!\.d)\.ts$/ };
  const examples: string[] = [];
  for (const [folder, names] of Object.entries(folders)) {
    for (const name of (await readdir(join(checkout, folder))).filter((one) => names.test(one))) {
      const text = (await readFile(join(checkout, folder, name), "utf8")).replaceAll(/^ \* ?/gm, "");
      for (const [, example = ""] of text.matchAll(/^```ts\n([^]*?)^```$/gm)) {
        const imports = /^import /m.test(example)
          ? ""
          : 'import { Container, NeighEntry, Overlay } from "overlaynet";\n';
        const net = /\bconst net\b/.test(example) ? "" : "declare const net: Overlay;\n";
        examples.push(`// ${folder}/${name}\n${imports}${net}${example}`);
      }
    }
  }
  return examples;
}

const declarations = (hosts: string): string => `
const net = new Overlay("lab", { vni: 42, cidr: "7.7.7.0/24", gateway: "7.7.7.1", hosts: ${hosts} });
const red = new Container("red", { overlay: net, host: "a", ip: "7.7.7.2" });
const printer = new NeighEntry("printer", { overlay: net, ip: "7.7.7.9", mac: "02:42:c0:a8:00:09", vtep: "192.168.64.40" });
`;

/** The same program in each language; in TypeScript its types are the test. */
function program({ file, type }: Project, hosts: string): string {
  if (file === "index.js") {
    const names = "const { Overlay, Container, NeighEntry } = require('overlaynet');";
    const outputs = "exports.netns = red.netnsPath; exports.veth = red.vethName; exports.mac = red.mac;";
    return `${names}${declarations(hosts)}${outputs} exports.status = net.status; exports.vtep = printer.vtep;
      exports.node = process.version; exports.sdk = require("@pulumi/pulumi/package.json").version;`;
  }
  const sdk =
    type === "module"
      ? 'import { createRequire } from "node:module";\nconst load = createRequire(import.meta.url);'
      : "const load = require;";
  return `import * as pulumi from "@pulumi/pulumi";
import { Container, type ContainerArgs, type HostArgs, NeighEntry, Overlay, type OverlayRef } from "overlaynet";
${sdk}
const hosts: Record<string, HostArgs> = ${hosts};
${declarations("hosts")}
export const netns: pulumi.Output<string> = red.netnsPath;
export const veth: pulumi.Output<string> = red.vethName;
export const mac: pulumi.Output<string> = red.mac;
export const status: pulumi.Output<Record<string, string>> = net.status;
export const vtep: pulumi.Output<string> = printer.vtep;
export const node: string = process.version;
export const sdk: string = (load("@pulumi/pulumi/package.json") as { version: string }).version;
const ref: OverlayRef = { overlayId: "lab-7", name: "lab", cidr: "7.7.7.0/24", gateway: "7.7.7.1", hosts };
const elsewhere = (): ContainerArgs[] => [
  { overlay: ref, host: "a", ip: "7.7.7.4" },
  { overlay: net.ref, host: "a", ip: "7.7.7.5" },
  { overlay: new pulumi.StackReference("a/b/c").requireOutput("lab"), host: "a", ip: "7.7.7.6" },
];
void elsewhere;
// @ts-expect-error a Container has no VNI
const wrong: ContainerArgs = { overlay: net, host: "a", ip: "7.7.7.3", vni: 3 };
void wrong;
`;
}

describe("the packages, packed, in a project of a user's", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let tarballs: string[];

  before(async () => {
    lab = await Lab.up({ name: "packages", hosts: 1 });
    const folder = join(lab.stateDir, "tarballs");
    await mkdir(folder);
    const packages = ["core", "cli", "agent", "provider", "sdk"].flatMap((name) => ["--workspace", name]);
    await run(["npm", "pack", ...packages, "--pack-destination", folder], { cwd: checkout });
    tarballs = (await readdir(folder)).map((name) => join(folder, name));
  });
  after(() => Lab.down("packages"));

  it("hold nothing that is not meant for users", async () => {
    expect(tarballs).to.have.length(5);
    for (const tarball of tarballs) {
      const { stdout } = await run(["tar", "-tzf", tarball]);
      const files = stdout.split("\n");
      expect(files, tarball).to.include.members(["package/package.json", "package/LICENSE"]);
      const { stdout: sbom } = await run(["tar", "-xzOf", tarball, "package/dist/sbom.cdx.json"]);
      const { stdout: manifest } = await run(["tar", "-xzOf", tarball, "package/package.json"]);
      const { metadata } = JSON.parse(sbom) as { metadata: { component: { "bom-ref": string } } };
      const { name, version } = JSON.parse(manifest) as { name: string; version: string };
      expect(metadata.component["bom-ref"]).to.equal(`${name}@${version}`);
      expect(
        files.filter((file) => /tsbuildinfo|\.map$|\.test\.|(?<!\.d)\.ts$/.test(file)),
        tarball,
      ).to.deep.equal([]);
    }
  });

  for (const project of projects) {
    const { name, node, pulumi, type, file, layout } = project;
    it(`work for ${name}, with Node.js ${node} and @pulumi/pulumi ${pulumi}`, async () => {
      const title = `node${node.slice(0, 2)}`;
      const folder = await Stack.folder(lab, title);
      await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type }));
      const runtime = `node-linux-${process.arch}`;
      // No install scripts: what is native in ssh2 has another way of doing the same.
      const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
      const flags = [...quiet, `--install-strategy=${layout}`];
      const peers = [`@pulumi/pulumi@${pulumi}`, `${runtime}@${node}`];
      await run(["npm", "install", ...flags, ...tarballs, ...peers], { cwd: folder, timeout: 240_000 });
      await writeFile(join(folder, file), program(project, JSON.stringify(hostArguments(lab))));
      if (file === "index.ts") {
        await run(compile(file), { cwd: folder });
      }
      const bin = join(folder, "node_modules", runtime, "bin");
      const stack = await Stack.inFolder(lab, title, folder, { PATH: bin });
      succeeded("up", await stack.up());
      const { output } = succeeded("outputs", await stack.pulumi(["stack", "output", "--json"]));
      expect(JSON.parse(output)).to.deep.equal({
        netns: "/run/netns/red",
        veth: "vethO2",
        mac: "02:42:07:07:07:02",
        status: { a: "ready" },
        vtep: "192.168.64.40",
        node: `v${node}`,
        sdk: pulumi,
      });
      await lab.host("a").ssh(["ip", "netns", "exec", "red", "ping", "-c", "1", "-W", "5", "7.7.7.1"]);
      succeeded("preview", await stack.preview("--expect-no-changes"));
      succeeded("destroy", await stack.destroy());
    });
  }

  it("are used by the documentation's examples as they can be", async () => {
    const folder = join(lab.stateDir, "stacks", "node22");
    const examples = await documented();
    expect(examples.length).to.be.at.least(8);
    const files = examples.map((_, index) => `example-${index}.ts`);
    await Promise.all(files.map((file, index) => writeFile(join(folder, file), examples[index]!)));
    await run([...compile(...files), "--noEmit"], { cwd: folder });
  });

  it("bring the operator's command", async () => {
    const folder = join(lab.stateDir, "stacks", "node20");
    const argv = ["npx", "overlaynet", "install", "--print", "--user", "root"];
    const { exitCode, stderr } = await run(argv, { cwd: folder, reject: false });
    expect(exitCode).to.equal(2);
    expect(stderr).to.contain("--user: expected the name of an account other than root");
    const { stdout } = await run(["npx", "overlaynet", "status", "--help"], { cwd: folder });
    expect(stdout).to.contain("overlaynet status --watch");
  });
});
