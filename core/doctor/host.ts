import type { Finding } from "./finding.js";
import type { Look } from "./look.js";

/** What a host should be fit for. */
export interface Wanted {
  /** Its address on the underlay. */
  readonly address: string;
  /** UDP port of the overlays. */
  readonly port: number;
  /** Seconds between this host's clock and the operator's, positive when it is ahead; absent when it was not told. */
  readonly clockAhead?: number;
  /** Seconds that cannot be told from the way to the host. */
  readonly clockDoubt: number;
  /** Records of the largest overlay. */
  readonly records: number;
}

/** What the provider does at once: channels on a connection, and log-ins that begin at the same time. */
const [channels, handshakes] = [8, 4];
/** Kilobytes that an agent and its runtime take, with room for the next beside it; that records and state take; and files. */
const [leastLibrary, leastState, leastFiles] = [300_000, 20_000, 2000];
/** Seconds: more, and times in logs of several hosts cannot be compared; certificates and systemd's timers do not matter here. */
const clockLimit = 2;

type Say = Omit<Finding, "host" | "check">;

const unknown: Say = { severity: "note", evidence: "could not be told" };

/** Judges what a host said of itself, every check with what was seen. @param unmet what keeps an agent from working there */
export function hostFindings(host: string, look: Look, unmet: readonly string[], wanted: Wanted): Finding[] {
  const checks: readonly (readonly [check: string, ...said: Say[]])[] = [
    ["requirements", ...requirements(look, unmet)],
    ["address", address(look, wanted)],
    ["udp port", ...port(look, wanted)],
    ["other VXLAN", ...others(look, wanted)],
    ["rp_filter", rpFilter(look)],
    ["MAC policy", macPolicy(look)],
    ["neighbour limits", neighbours(look, wanted)],
    ["bridge filters", bridgeFilters(look)],
    ["sshd", ...sshd(look)],
    ["clock", clock(wanted)],
    ["disk", ...disks(look)],
  ];
  return checks.flatMap(([check, ...said]) => said.map((one): Finding => ({ host, check, ...one })));
}

function requirements({ iproute2, systemd }: Look, unmet: readonly string[]): Say[] {
  if (unmet.length === 0) {
    const evidence = `iproute2 ${iproute2 || "unknown"}, systemd ${systemd || "unknown"}, bridge, veth, vxlan and nft can be made`;
    return [{ severity: "ok", evidence }];
  }
  return unmet.map((sentence) => {
    const [evidence = "", ...mend] = sentence.split("; ");
    return { severity: "error", evidence, ...(mend.length === 0 ? {} : { mend: mend.join("; ") }) };
  });
}

function address({ device, mtu }: Look, wanted: Wanted): Say {
  if (device !== "") return { severity: "ok", evidence: `${wanted.address} on ${device}, MTU ${mtu ?? "unknown"}` };
  return {
    severity: "error",
    evidence: `no device has ${wanted.address}`,
    mend: "give the Overlay the address that the host has on the underlay, not one that is translated on the way",
  };
}

function port({ portUsers }: Look, wanted: Wanted): Say[] {
  if (portUsers.length === 0) return [{ severity: "ok", evidence: `no program has UDP port ${wanted.port}` }];
  return portUsers.map((user) => ({
    severity: "error",
    evidence: `UDP port ${wanted.port} belongs to ${user}`,
    mend: "end that program, or choose another port on the Overlay",
  }));
}

function others({ vxlans, docker }: Look, { port: own }: Wanted): Say[] {
  const shared = vxlans.filter((one) => one.port === own);
  const found = shared.map(({ device, vni }): Say => {
    const evidence = `VXLAN device ${device} with VNI ${vni} has UDP port ${own}, too`;
    return { severity: "note", evidence, mend: "choose VNIs that differ; the port can be shared" };
  });
  if (docker) {
    const evidence = "Docker has overlay networks here, which use UDP port 4789";
    found.push({
      severity: "note",
      evidence,
      mend: "choose VNIs below 4096: Docker takes 4096 and up",
    });
  }
  return found.length > 0 ? found : [{ severity: "ok", evidence: "none" }];
}

function rpFilter({ rpFilter: value, device }: Look): Say {
  if (value === undefined) return unknown;
  if (value !== 1) return { severity: "ok", evidence: `${value} on ${device}` };
  return {
    severity: "note",
    evidence: `1 (strict) on ${device}: packets of a VTEP are dropped when the way back to it is by another device`,
    mend: `where hosts have several ways to one another: \`sysctl -w net.ipv4.conf.${device}.rp_filter=2\``,
  };
}

function macPolicy({ macPolicies }: Look): Say {
  if (macPolicies.length === 0) return { severity: "ok", evidence: "no MACAddressPolicy=persistent" };
  return {
    severity: "note",
    evidence: `${macPolicies.join(", ")}: udev gives new bridges and VXLAN devices a MAC of its own; overlaynet sets its devices' MACs when it makes them, which udev then leaves`,
  };
}

function neighbours({ neighbourLimit }: Look, { records }: Wanted): Say {
  if (neighbourLimit === undefined) return unknown;
  const evidence = `gc_thresh3 ${neighbourLimit}`;
  if (neighbourLimit >= 1024) return { severity: "ok", evidence: `${evidence}, ${records} records` };
  return {
    severity: "warning",
    evidence: `${evidence}, the kernel's own default is 1024: containers that talk to many find no room, of all namespaces together`,
    mend: "`sysctl -w net.ipv4.neigh.default.gc_thresh3=1024`, gc_thresh1 and gc_thresh2 below it",
  };
}

function bridgeFilters({ bridgeFilters: on }: Look): Say {
  if (!on) return { severity: "ok", evidence: "bridged packets pass iptables by" };
  return {
    severity: "note",
    evidence: "bridge-nf-call-iptables is 1: bridges hand packets to iptables rules of their own namespace",
  };
}

function sshd({ sessions, startups }: Look): Say[] {
  if (sessions === undefined && startups === undefined) return [unknown];
  const found: Say[] = [];
  const few = (name: string, value: number | undefined, least: number): void => {
    if (value === undefined || value >= least) return;
    const evidence = `${name} ${value}; overlaynet uses up to ${least}`;
    found.push({ severity: "warning", evidence, mend: `set ${name} to ${least} or more in sshd_config` });
  };
  few("MaxSessions", sessions, channels);
  few("MaxStartups", startups, handshakes);
  const evidence = `MaxSessions ${sessions ?? "unknown"}, MaxStartups ${startups ?? "unknown"}`;
  return found.length > 0 ? found : [{ severity: "ok", evidence }];
}

function clock({ clockAhead, clockDoubt }: Wanted): Say {
  if (clockAhead === undefined) return unknown;
  const away = Math.abs(clockAhead).toFixed(1);
  const evidence =
    away === "0.0" ? "as this machine's" : `${away} s ${clockAhead < 0 ? "behind" : "ahead of"} this machine's`;
  if (Math.abs(clockAhead) <= clockLimit + clockDoubt) return { severity: "ok", evidence };
  return { severity: "warning", evidence, mend: "let it follow a time server (`timedatectl set-ntp true`)" };
}

function disks({ disks: all }: Look): Say[] {
  if (all.length === 0) return [unknown];
  const found = all.flatMap(({ folder, free, files }): Say[] => {
    const least = folder === "/usr/local/lib" ? leastLibrary : leastState;
    // A file system without a fixed number of files says that none can be made.
    if (free >= least && (files >= leastFiles || files === 0)) return [];
    return [
      {
        severity: free < least / 10 ? "error" : "warning",
        evidence: `${folder}: ${Math.floor(free / 1000)} MB and ${files} files free`,
        mend: `make room: ${least / 1000} MB and ${leastFiles} files`,
      },
    ];
  });
  const least = Math.min(...all.map(({ free }) => free));
  return found.length > 0 ? found : [{ severity: "ok", evidence: `${Math.floor(least / 1000)} MB free at the least` }];
}
