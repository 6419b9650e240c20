import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { runProgram, type World } from "@overlaynet/cli";
import { addGraph } from "@overlaynet/cli/verb/graph";
import { addReport } from "@overlaynet/cli/verb/report";
import type { Examination, Examined } from "@overlaynet/core/doctor/index";
import type { HostProblem } from "@overlaynet/core/operator/index";
import {
  type ContainerName,
  type Expected,
  type Inspection,
  type OperatorAsk,
  type OperatorHost,
  type OverlayInspection,
  type RecordEntry,
} from "@overlaynet/core/operator/index";
import type { OverlaySpec } from "@overlaynet/core";
import { parseAbsolutePath, parseCidr, parseInterfaceName, parseIp, parseName, parseVni } from "@overlaynet/core";
import { expect } from "chai";

/** The overlay of these tests as a host's desired state has it. */
export function overlaySpec(host: string, hosts: Readonly<Record<string, string>>): OverlaySpec {
  return {
    kind: "overlay",
    overlay: parseName("lab"),
    overlayId: "lab-1",
    host: parseName(host),
    hosts: Object.fromEntries(Object.entries(hosts).map(([name, address]) => [name, parseIp(address)])),
    vni: parseVni(42),
    cidr: parseCidr("7.7.7.0/24"),
    gateway: parseIp("7.7.7.1"),
    port: 4789,
    mtu: 1450,
    namespace: "overns",
    bridge: parseInterfaceName("br0"),
    device: parseInterfaceName("vxlan1"),
    learning: false,
    resolve: "push",
    storage: parseAbsolutePath("/var/lib/overlaynet/lab/records"),
    leaving: false,
  } as OverlaySpec;
}

const belongs = (resource: string): { project: string; stack: string; resource: string } => {
  return { project: "shop", stack: "test", resource };
};

/** An overlay on a host where all is well. */
export function wellOverlay(
  host: string,
  hosts: Readonly<Record<string, string>>,
  containers: readonly { readonly name: string; readonly ip: string; readonly mac: string }[],
): OverlayInspection {
  return {
    overlay: "lab",
    spec: overlaySpec(host, hosts),
    owner: belongs("lab"),
    device: { name: "vxlan1", up: true },
    containers: containers.map((one) => ({ ...one, owner: belongs(one.name), drift: [] })),
    records: { arp: 3, fdb: 3 },
    resolver: {
      running: true,
      outdated: false,
      uptimeSeconds: 60,
      misses: { "l3 answered": 7, "l3 outside": 3 },
      missesPerSecond: 0.4,
      unexpectedMisses: 0,
      repaired: 0,
      writeFailures: 0,
      overruns: 0,
      entries: { neighbours: 2, forwarding: 2 },
      complaints: [],
      lastError: "",
    },
    dropped: { strangers: 0, spoofed: 0 },
    outwardOnly: [],
    repairs: { count: 0, last: [] },
    units: [],
    drift: [],
    damaged: [],
    failures: [],
  };
}

/** A host that says what it was given to say; `failure` when it cannot be asked. */
export interface Said {
  readonly name: string;
  readonly address: string;
  readonly failure?: HostProblem;
  /** Its release; 6.1.0 by default. */
  readonly kernel?: string;
  readonly inspection?: Inspection;
  readonly records?: readonly RecordEntry[];
  /** Answers to other requests, by op. */
  readonly answers?: Readonly<Record<string, (ask: OperatorAsk, more: (part: unknown) => void) => unknown>>;
  readonly examine?: (examination: Examination) => Examined;
  readonly runIn?: (container: ContainerName, argv: readonly string[]) => number;
}

function hostOf(said: Said): OperatorHost {
  const { name, address, failure, kernel = "6.1.0", inspection, records = [], answers = {} } = said;
  const fail = (): Promise<never> | undefined => (failure === undefined ? undefined : Promise.reject(failure));
  return {
    name,
    address,
    greet: () =>
      fail() ??
      Promise.resolve({
        protocol: { newest: 1, oldest: 1 },
        agent: { version: "0.1.0", digest: "0123456789abcdef" },
        host: { hostname: name, machineId: "m", bootId: "b", kernel, architecture: "x64" },
      }),
    ask: (ask, _deadline, more = () => undefined) => {
      const failed = fail();
      if (failed !== undefined) return failed;
      const answer = answers[ask.op];
      if (answer !== undefined) return Promise.resolve(answer(ask, more));
      if (ask.op === "inspect") return Promise.resolve(inspection ?? { overlays: [] });
      more({ records });
      return Promise.resolve({ storage: "/records", total: records.length, complaints: [] });
    },
    examine: (examination) => fail() ?? Promise.resolve(said.examine?.(examination) ?? { told: "", unmet: [] }),
    runIn: (container, argv) => fail() ?? Promise.resolve(said.runIn?.(container, argv) ?? 0),
  };
}

/** What the command printed and how it ended. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command over hosts that say what they were given to say. */
export async function overlaynet(
  argv: readonly string[],
  hosts: readonly Said[],
  {
    expected,
    columns,
    ...rest
  }: { readonly expected?: Expected; /** Of the terminal. */ readonly columns?: number } & Partial<
    Omit<World, "out" | "err">
  > = {},
): Promise<Ran> {
  const [out, err] = [Object.assign(new PassThrough(), { columns }), new PassThrough()];
  const texts = [out.toArray(), err.toArray()];
  const found = { title: "stack test of shop", hosts: hosts.map(hostOf), close: () => Promise.resolve() };
  const world: World = {
    place: "operator",
    version: "0.1.0",
    out,
    err,
    env: {},
    hosts: () => Promise.resolve({ ...found, ...(expected === undefined ? {} : { expected }) }),
    ...rest,
  };
  const status = await runProgram(world, argv, (program, finish) => {
    addGraph(program, world, finish);
    addReport(program, world, finish);
  });
  out.end();
  err.end();
  const [printed, complained] = (await Promise.all(texts)).map((parts) => Buffer.concat(parts as Buffer[]).toString());
  return { status, out: printed ?? "", err: complained ?? "" };
}

/** Compares with test/golden/cli; UPDATE_GOLDEN=1 writes it anew. */
export function expectGolden(name: string, text: string): void {
  const file = join(process.cwd(), "test", "golden", "cli", `${name}.txt`);
  if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(file, text);
  expect(text, file).to.equal(readFileSync(file, "utf8"));
}
