import { existsSync } from "node:fs";
import { release } from "node:os";
import { type FilterId, filterTrial } from "@overlaynet/core";
import { isAtLeast, linkRefusal, linkTrial, linkTypes, oldest } from "@overlaynet/core/requirements";
import type { Runner } from "./runner.js";

type Family = FilterId["family"];

/** What a host has to be, told by trying. */
export interface Requirements {
  /** Everything that is missing, each a sentence with its mend; empty when the host is fit. */
  unmet(): Promise<readonly string[]>;
  /** Why the host cannot have filters of a family, a sentence with the ways out; `undefined` when it can. */
  filter(family: Family): Promise<string | undefined>;
}

/** What a host without a filter can be asked to do without, and by which input. */
const filters: Readonly<Record<Family, readonly [what: string, wayOut: string]>> = {
  ip: [
    "drop tunnel packets of strangers",
    "set allowUnknownVteps: true on the Overlay to take them from anybody on the underlay",
  ],
  bridge: ["keep containers to their own addresses", "set allowSpoofing: true on the Container to trust it"],
};

/** Looks once and remembers: a host does not change its kernel during a session. */
export function hostRequirements(runner: Runner): Requirements {
  let known: Promise<readonly string[]> | undefined;
  const tried = new Map<Family, Promise<string | undefined>>();
  return {
    unmet: () => (known ??= look(runner)),
    filter(family) {
      const result = tried.get(family) ?? tryFilter(runner, family);
      tried.set(family, result);
      return result;
    },
  };
}

async function tryFilter(runner: Runner, family: Family): Promise<string | undefined> {
  const ran = await runner.attempt(["unshare", "--net", "--", "nft", "-f", "-"], filterTrial(family));
  if (ran.exitCode === 0) return undefined;
  const [what, wayOut] = filters[family];
  const said = ran.stderr.trim().split("\n")[0] ?? "";
  return `nft cannot ${what} with this kernel (${said}); load or install its nf_tables modules, or ${wayOut}`;
}

async function look(runner: Runner): Promise<readonly string[]> {
  if (process.getuid?.() !== 0)
    return ["the agent does not run as root; connect as root, or as a user who may use sudo -n"];
  const unmet: string[] = [];
  if (!isKernelAtLeast(oldest.kernel)) {
    unmet.push(`the kernel is Linux ${release()}; at least ${oldest.kernel.join(".")} is needed`);
  }
  unmet.push(...(await systemd(runner)));
  const missing = await missingTools(runner);
  unmet.push(...missing);
  if (missing.length === 0) unmet.push(...(await links(runner)));
  return unmet;
}

async function systemd(runner: Runner): Promise<string[]> {
  const needed = `systemd ${oldest.systemd} or later has to be the init system`;
  // sd_booted(3): this folder is there exactly when systemd is PID 1.
  if (!existsSync("/run/systemd/system")) return [`systemd does not run here; ${needed}`];
  const ran = await runner.attempt(["systemctl", "--version"]);
  const version = Number(/^systemd (\d+)/.exec(ran.stdout)?.[1] ?? 0);
  return version >= oldest.systemd ? [] : [`systemd is version ${version}; ${needed}`];
}

async function missingTools(runner: Runner): Promise<string[]> {
  const tools = [
    {
      argv: ["ip", "-j", "link", "show", "lo"],
      sentence: "iproute2's ip with JSON output is missing; install iproute2",
    },
    { argv: ["bridge", "-j", "link"], sentence: "iproute2's bridge with JSON output is missing; install iproute2" },
    { argv: ["nft", "--version"], sentence: "nft is missing; install nftables" },
    { argv: ["flock", "--version"], sentence: "flock is missing; install util-linux" },
  ];
  const ran = await Promise.all(tools.map(({ argv }) => runner.attempt(argv)));
  return tools.filter((_, index) => ran[index]?.exitCode !== 0).map(({ sentence }) => sentence);
}

/** Modules are loaded by the kernel on demand; where that is switched off, modprobe is tried, and a modprobe that fails does not matter when the type is built in. */
async function links(runner: Runner): Promise<string[]> {
  const create = ["unshare", "--net", "--", "ip", "-batch", "-"];
  const trial = `${linkTrial.join("\n")}\n`;
  const first = await runner.attempt(create, trial);
  if (first.exitCode === 0) return [];
  await runner.attempt(["modprobe", "--all", ...linkTypes]);
  const second = await runner.attempt(create, trial);
  return second.exitCode === 0 ? [] : [linkRefusal(second.stderr)];
}

/** Whether this kernel is of that version or a later one. */
export function isKernelAtLeast(least: readonly [number, number]): boolean {
  return isAtLeast(release(), least);
}
