import { type CollectedEnd, type CollectedPart, collectedLimits } from "@overlaynet/core/operator/index";
import { isHere } from "../session/describe.js";
import type { Host } from "../reconcile/host.js";
import { inParallel } from "../reconcile/parallel.js";
import type { Answering } from "./answer.js";

/** A file of a report: what commands print. */
interface Collected {
  readonly file: string;
  readonly commands: readonly (readonly string[])[];
}

/** Lines of the journal, newest last. */
const journalLines = 3000;

/** Of the host itself: nothing but overlaynet's own units, files and what packets meet with. */
const ofHost: readonly Collected[] = [
  {
    file: "journal.txt",
    commands: [
      ["journalctl", "--boot", "--no-pager", "--output=short-iso", `--lines=${journalLines}`, "--unit=overlaynet-*"],
    ],
  },
  {
    file: "units.txt",
    commands: [
      ["systemctl", "list-units", "--all", "--no-pager", "--plain", "overlaynet*"],
      ["systemctl", "list-timers", "--all", "--no-pager", "overlaynet*"],
    ],
  },
  {
    file: "files.txt",
    commands: [
      [
        "find",
        "/usr/local/lib/overlaynet",
        "/var/lib/overlaynet",
        "/run/overlaynet",
        "/run/overlaynet-resolver",
        "-not",
        "-path",
        "*/records/*",
        "-printf",
        "%M %u %g %s %TY-%Tm-%TdT%TH:%TM %p %l\\n",
      ],
    ],
  },
  {
    file: "versions.txt",
    commands: [
      ["uname", "-a"],
      ["ip", "-V"],
      ["nft", "--version"],
      ["systemctl", "--version"],
      ["cat", "/etc/os-release"],
    ],
  },
  {
    file: "network.txt",
    commands: [
      ["ip", "-d", "-s", "link"],
      ["ip", "address"],
      ["ip", "route", "show", "table", "all"],
      ["ip", "neigh"],
      ["ip", "netns"],
      ["ss", "-Huanp"],
    ],
  },
  { file: "filters.txt", commands: [["nft", "list", "ruleset"]] },
];

/** Of a namespace of an overlay or a container. */
function ofNamespace(name: string): Collected {
  const inside = ["ip", "-n", name];
  return {
    file: `namespace-${name}.txt`,
    commands: [
      [...inside, "-d", "-s", "link"],
      [...inside, "address"],
      [...inside, "route"],
      [...inside, "neigh"],
      ["bridge", "-n", name, "fdb"],
      ["ip", "netns", "exec", name, "nft", "list", "ruleset"],
    ],
  };
}

/** Tells what people who look for a fault want to see of this host. Nothing of it is secret: no key or password is ever put on a host. */
export async function collect(host: Host, { part, signal }: Answering): Promise<CollectedEnd> {
  const { desired } = host.store.readAll();
  const tell = (file: string, text: string): void => {
    for (const { piece } of pieces(text)) part({ file, text: piece } satisfies CollectedPart);
  };
  tell("desired.json", `${JSON.stringify(desired, undefined, 2)}\n`);
  const own = new Map(desired.flatMap((one) => (one.spec.kind === "overlay" ? [[one.spec.overlay, one]] : [])));
  const namespaces = desired.flatMap((one): string[] => {
    if (one.spec.kind === "overlay") return [one.spec.namespace];
    return one.spec.kind === "container" && isHere(one, own) ? [one.spec.name] : [];
  });
  const all = [...ofHost, ...[...new Set(namespaces)].map(ofNamespace)].slice(0, collectedLimits.files - 1);
  await inParallel(all, async ({ file, commands }) => {
    const printed: string[] = [];
    for (const argv of commands) {
      if (signal.aborted) return;
      const { stdout, stderr } = await host.runner.attempt(argv);
      printed.push(`$ ${argv.join(" ")}\n${stdout}${stderr}`);
    }
    tell(file, printed.join("\n"));
  });
  return { files: all.length + 1 };
}

/** A text in pieces that fit into messages, its end cut off where it is too long. */
function pieces(text: string): { readonly piece: string }[] {
  const { file, part } = collectedLimits;
  const whole = text.length > file ? `${text.slice(0, file - 100)}\n(cut: ${text.length} characters)\n` : text;
  return Array.from({ length: Math.ceil(whole.length / part) }, (_, index) => ({
    piece: whole.slice(index * part, (index + 1) * part),
  }));
}
