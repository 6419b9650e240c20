import {
  type ExaminationAsk,
  Examination,
  type Examined,
  type Finding,
  hostFindings,
  pairFindings,
  readCount,
  readLook,
  readReach,
  vxlanOverhead,
} from "@overlaynet/core/doctor/index";
import { HostProblem, type OperatorHost, type OperatorHosts, UsageError } from "@overlaynet/core/operator/index";
import { allPrintable } from "@overlaynet/core/printable";
import { inspection } from "../ask.js";
import type { DoctorDocument } from "../document/doctor.js";
import { fromAll } from "../gather.js";
import { problemOfHost } from "../status/problems.js";

export interface DoctorOptions {
  /** UDP port; that of the overlays that are there, 4789 by default. */
  readonly port?: number;
  /** Bytes of a container's largest packet; of the overlays that are there, 1450 by default. */
  readonly mtu?: number;
}

/** What is to be fit for what. */
interface Aim {
  readonly port: number;
  /** Bytes of a packet on the underlay. */
  readonly size: number;
  readonly records: number;
}

/** Examines hosts, then each way between two of them. @throws UsageError */
export async function examineAll(all: OperatorHosts, options: DoctorOptions): Promise<DoctorDocument> {
  const { hosts, title } = all;
  const aim = await aimOf(hosts, options);
  const looks = await fromAll(hosts, (host) => lookAt(host, aim));
  const awake = looks.filter(({ problem }) => problem === undefined).map(({ host }) => host);
  const addressed = hosts.filter(({ address }) => address !== "");
  const reaches = new Map<OperatorHost, ReturnType<typeof readReach>>();
  await fromAll(awake, async (host) => {
    const peers = addressed.filter((peer) => peer !== host).map(({ address }) => address);
    if (peers.length === 0) return;
    reaches.set(host, readReach((await ask(host, { what: "reach", peers, size: aim.size })).told));
  });
  const findings = looks.flatMap((look) => (look.problem === undefined ? look.value : []));
  const isTaken = ({ check, severity }: Finding): boolean => check === "udp port" && severity === "error";
  const taken = new Set(findings.filter(isTaken).map(({ host }) => host));
  for (const host of awake) {
    const peers = addressed.filter((peer) => peer !== host);
    const arrived = await arrivals(
      host,
      peers.filter((peer) => awake.includes(peer)),
      aim.port,
    );
    findings.push(
      ...peers.flatMap((peer) =>
        pairFindings({
          host: host.name,
          peer: peer.name,
          address: host.address,
          peerAddress: peer.address,
          port: aim.port,
          size: aim.size,
          reach: reaches.get(host)?.get(peer.address),
          taken: taken.has(peer.name),
          arrived: arrived.get(peer),
        }),
      ),
    );
  }
  const problems = looks.flatMap(({ host, problem }) =>
    problem === undefined ? [] : [problemOfHost(host.name, problem)],
  );
  return { schema: "overlaynet/doctor/1", title, findings, problems };
}

/** What the overlays that are there ask of hosts; those without an agent have none. */
async function aimOf(hosts: readonly OperatorHost[], { port, mtu }: DoctorOptions): Promise<Aim> {
  const looks = await fromAll(hosts, async (host) => (await inspection(host)).overlays);
  const overlays = looks.flatMap((look) => (look.problem === undefined ? look.value : []));
  const specs = overlays.flatMap(({ spec }) => (spec === undefined ? [] : [spec]));
  const inner = mtu ?? Math.max(0, ...specs.map((spec) => spec.mtu));
  return {
    port: port ?? specs[0]?.port ?? 4789,
    size: (inner === 0 ? 1450 : inner) + vxlanOverhead,
    records: Math.max(0, ...overlays.map(({ records }) => records.arp)),
  };
}

async function lookAt(host: OperatorHost, { port, records }: Aim): Promise<Finding[]> {
  const { address } = host;
  const before = Date.now();
  const { told, unmet } = await ask(host, { what: "look", address: address === "" ? "0.0.0.0" : address, port });
  const [taken, now] = [(Date.now() - before) / 1000, Date.now() / 1000];
  const look = readLook(told);
  const wanted = { address, port, records, clockDoubt: taken };
  const clock = look.clock === undefined ? {} : { clockAhead: look.clock - (now - taken / 2) };
  return hostFindings(host.name, look, unmet, { ...wanted, ...clock });
}

/** How many datagrams came to each of some hosts while another one sent to all. Hosts send one after the other, so that it is known whose they are. */
async function arrivals(
  host: OperatorHost,
  peers: readonly OperatorHost[],
  port: number,
): Promise<ReadonlyMap<OperatorHost, number>> {
  if (peers.length === 0) return new Map();
  const counts = async (): Promise<Map<OperatorHost, number>> => {
    const all = await fromAll(peers, async (peer) => readCount((await ask(peer, { what: "count" })).told));
    return new Map(
      all.flatMap((one) => (one.problem !== undefined || one.value === undefined ? [] : [[one.host, one.value]])),
    );
  };
  const before = await counts();
  const [sent] = await fromAll([host], () =>
    ask(host, { what: "send", peers: peers.map(({ address }) => address), port }),
  );
  if (sent?.problem !== undefined) return new Map();
  const after = await counts();
  return new Map(
    [...after].flatMap(([peer, count]): [OperatorHost, number][] => {
      const first = before.get(peer);
      return first === undefined ? [] : [[peer, count - first]];
    }),
  );
}

/** @throws HostProblem; UsageError when an address is none */
async function ask(host: OperatorHost, one: ExaminationAsk): Promise<Examined> {
  const examination = Examination.safeParse(one);
  if (!examination.success) {
    throw new UsageError(`${host.name}: ${examination.error.issues.map(({ message }) => message).join("; ")}`);
  }
  try {
    return allPrintableLines(await host.examine(examination.data));
  } catch (error) {
    if (error instanceof HostProblem) throw error;
    throw new HostProblem("unfit", `${host.name}: its answer was not understood`, { cause: error });
  }
}

/** Nothing that a terminal obeys, line by line. */
function allPrintableLines({ told, unmet }: Examined): Examined {
  return { told: allPrintable(told.split("\n")).join("\n"), unmet: allPrintable(unmet) };
}
