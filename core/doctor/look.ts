import { Told } from "../told.js";
import { examinationMark } from "./examination.js";

/** What a host said of itself. */
export interface Look {
  readonly iproute2: string;
  readonly systemd: string;
  /** Seconds since 1970. */
  readonly clock: number | undefined;
  /** Name of the device that has the host's address; empty when none has. */
  readonly device: string;
  /** Bytes, of that device. */
  readonly mtu: number | undefined;
  /** The stricter of the setting for all devices and for that one, as the kernel takes it (Documentation/networking/ip-sysctl.rst). */
  readonly rpFilter: number | undefined;
  /** Neighbours that the kernel keeps at most, of all namespaces together (net.ipv4.neigh.default.gc_thresh3). */
  readonly neighbourLimit: number | undefined;
  /** Whether bridged packets go through iptables. */
  readonly bridgeFilters: boolean;
  /** sshd's MaxSessions, and how many log-ins it lets begin at once before it refuses some. */
  readonly sessions: number | undefined;
  readonly startups: number | undefined;
  readonly disks: readonly Disk[];
  /** Files of systemd.link(5) that give devices a MAC of systemd's own. */
  readonly macPolicies: readonly string[];
  /** A program that has the UDP port: `name (pid)`. */
  readonly portUsers: readonly string[];
  /** VXLAN devices in the host's own namespace. */
  readonly vxlans: readonly { readonly device: string; readonly vni: number; readonly port: number }[];
  /** Whether Docker has overlay networks here. */
  readonly docker: boolean;
}

export interface Disk {
  readonly folder: string;
  /** Kilobytes that are free, and files that can be made. */
  readonly free: number;
  readonly files: number;
}

/** Reads what the script of `look` printed. */
export function readLook(stdout: string): Look {
  const told = new Told(stdout, examinationMark);
  const words = (key: string): string[][] => told.all(key).map((line) => line.split(/\s+/));
  const sshd = new Map(words("sshd").map(([key = "", value = ""]) => [key, value]));
  const filters = words("rp_filter").map(([, value]) => Number(value));
  return {
    iproute2: /(?:iproute2-)(\S+?),?(?:\s|$)/.exec(told.one("iproute2"))?.[1] ?? "",
    systemd: /^systemd (\d+)/.exec(told.one("systemd"))?.[1] ?? "",
    clock: told.number("clock"),
    device: told.one("holder"),
    mtu: told.number("mtu"),
    rpFilter: filters.length === 0 ? undefined : Math.max(...filters),
    neighbourLimit: told.number("gc_thresh3"),
    bridgeFilters: told.one("bridge-nf") === "1",
    sessions: numberIn(sshd.get("maxsessions")),
    startups: numberIn(sshd.get("maxstartups")?.split(":")[0]),
    disks: words("disk").map(([folder = "", free, files]) => ({ folder, free: Number(free), files: Number(files) })),
    macPolicies: told.all("mac-policy"),
    portUsers: words("port-user").map(([name = "", pid = ""]) => `${name} (${pid})`),
    vxlans: words("vxlan").map(([device = "", vni, port]) => ({ device, vni: Number(vni), port: Number(port) })),
    docker: told.all("docker-netns").some((name) => /^\d+-/.test(name)),
  };
}

function numberIn(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

/** How a host reaches another one. */
export interface Reach {
  /** The address that its packets there come from; empty when there is no route. */
  readonly source: string;
  /** What `ip route get` said. */
  readonly route: string;
  /** Bytes of the largest packet that passes without being fragmented, as far as was asked for; 0 when none does. */
  readonly passes: number;
}

/** Reads what the script of `reach` printed, by peer. */
export function readReach(stdout: string): ReadonlyMap<string, Reach> {
  const told = new Told(stdout, examinationMark);
  const routes = new Map(told.all("route").map((line) => split(line)));
  return new Map(
    told.all("passes").map((line): [string, Reach] => {
      const [peer, bytes] = split(line);
      const route = routes.get(peer) ?? "";
      return [peer, { route, source: / src (\S+)/.exec(route)?.[1] ?? "", passes: Number(bytes) }];
    }),
  );
}

/** Reads how many datagrams came. */
export function readCount(stdout: string): number | undefined {
  return new Told(stdout, examinationMark).number("datagrams");
}

function split(line: string): [first: string, rest: string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}
