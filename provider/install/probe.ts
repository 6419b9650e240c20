import { isAtLeast, linkRefusal, linkTrial, linkTypes, oldest } from "@overlaynet/core/requirements";
import { Told } from "@overlaynet/core/told";

/** What a machine said of itself before anything was put on it. */
export interface Probe {
  readonly machine: string;
  readonly kernel: string;
  readonly glibc: string;
  readonly libstdcxx: boolean;
  /** Whether commands can be run as root: by being root, or by sudo without a password. */
  readonly root: boolean;
  /** Tools that are needed and were not found. */
  readonly lacking: readonly string[];
  readonly systemd: number;
  /** What the kernel said to a trial of each link type; empty when it makes all, and where the trial could not be made. */
  readonly links: string;
  /** Whether an administrator takes care of the agent, who says so in /usr/local/lib/overlaynet/installed-by: nothing is put there then. */
  readonly administered: boolean;
  /** Names of the folders under /usr/local/lib/overlaynet that are complete. */
  readonly installed: readonly string[];
}

const mark = "overlaynet-probe";
const tools = ["ip", "bridge", "nft", "systemctl", "gzip", "sha256sum", "mktemp", "flock"];

/** As root, in a network namespace that ends with it. The kernel loads modules on demand; where that is switched off, modprobe does. */
const trial = `echo "${linkTrial.join("\n")}" | $sudo /bin/sh -c "unshare --net -- ip -batch -" 2>&1`;

/** One command that only looks. Constant: nothing of the program's is in it. Whatever a login shell prints before is skipped. */
export const probeScript = [
  // sshd gives users other than root a PATH without the folders where ip and bridge are.
  "PATH=$PATH:/usr/sbin:/sbin",
  `echo ${mark}`,
  'echo "machine $(uname -m)"',
  'echo "kernel $(uname -r)"',
  'echo "glibc $(getconf GNU_LIBC_VERSION 2>/dev/null)"',
  "for f in /usr/lib/*/libstdc++.so.6 /lib/*/libstdc++.so.6 /usr/lib64/libstdc++.so.6 /usr/lib/libstdc++.so.6; do",
  '  [ -e "$f" ] && echo "libstdcxx yes"; done',
  'root=yes; sudo=; if [ "$(id -u)" != 0 ]; then sudo="sudo -n"; sudo -n -l /bin/sh >/dev/null 2>&1 || root=no; fi',
  'echo "root $root"',
  `for t in ${tools.join(" ")}; do command -v "$t" >/dev/null 2>&1 || echo "lacking $t"; done`,
  "if [ $root = yes ] && command -v ip >/dev/null 2>&1; then",
  `  if ! said=$(${trial}); then $sudo /bin/sh -c "modprobe --all ${linkTypes.join(" ")}" >/dev/null 2>&1; said=$(${trial}) ||`,
  `    echo "$said" | sed "s/^/links /"; fi; fi`,
  'echo "systemd $(systemctl --version 2>/dev/null | head -n 1)"',
  "grep -qs administrator /usr/local/lib/overlaynet/installed-by && echo 'administered yes'",
  "for f in /usr/local/lib/overlaynet/node-*/node /usr/local/lib/overlaynet/agent-*/overlaynet; do",
  '  [ -x "$f" ] && echo "installed $(basename "$(dirname "$f")")"; done',
  "exit 0",
].join("\n");

/** Reads what {@link probeScript} printed. */
export function readProbe(stdout: string): Probe {
  const told = new Told(stdout, mark);
  return {
    machine: told.one("machine"),
    kernel: told.one("kernel"),
    glibc: told.one("glibc"),
    libstdcxx: told.all("libstdcxx").length > 0,
    root: told.one("root") === "yes",
    lacking: told.all("lacking"),
    links: told.all("links").join("\n"),
    systemd: Number(/^systemd (\d+)/.exec(told.one("systemd"))?.[1] ?? 0),
    administered: told.all("administered").length > 0,
    installed: told.all("installed"),
  };
}

/** Why the agent cannot be put on such a machine, every reason at once, each with its mend; empty when it can. */
export function unmet(probe: Probe): string[] {
  const reasons: string[] = [];
  if (architectureOf(probe) === undefined) {
    reasons.push(`its processor is ${probe.machine || "unknown"}; x86_64 and aarch64 are supported`);
  }
  if (!isAtLeast(probe.kernel, oldest.kernel)) {
    reasons.push(`its kernel is Linux ${probe.kernel}; ${oldest.kernel.join(".")} or later is needed`);
  }
  if (probe.links !== "") reasons.push(linkRefusal(probe.links));
  const glibc = /^glibc (.*)$/.exec(probe.glibc)?.[1];
  if (glibc === undefined) reasons.push("it has no glibc (musl?); 2.28 or later is needed");
  else if (!isAtLeast(glibc, [2, 28])) reasons.push(`its glibc is ${glibc}; 2.28 or later is needed`);
  if (!probe.libstdcxx) reasons.push("it lacks libstdc++6; install it (apt-get install libstdc++6)");
  if (probe.lacking.length > 0) {
    reasons.push(
      `it lacks ${probe.lacking.join(", ")}; install the packages (apt-get install iproute2 nftables gzip coreutils util-linux)`,
    );
  }
  if (probe.systemd < oldest.systemd) {
    reasons.push(`its systemd is ${probe.systemd || "absent"}; ${oldest.systemd} or later is needed`);
  }
  if (probe.administered) {
    reasons.push(
      "an administrator takes care of its agent (/usr/local/lib/overlaynet/installed-by); ask for this version",
    );
  } else if (!probe.root) {
    reasons.push(
      "the user is not root and sudo asks for a password or refuses; log in as root, allow `sudo -n` for everything, or have an administrator install the agent and allow `/usr/local/bin/overlaynet session` alone",
    );
  }
  return reasons;
}

/** The machine's architecture by Node's name; undefined when there is no runtime for it. */
export function architectureOf({ machine }: Pick<Probe, "machine">): "x64" | "arm64" | undefined {
  if (machine === "x86_64" || machine === "amd64") return "x64";
  return machine === "aarch64" || machine === "arm64" ? "arm64" : undefined;
}
