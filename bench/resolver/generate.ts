import { run } from "@overlaynet/test/hosts/command";
import type { Ip } from "@overlaynet/core/model/index";
import { asking, type Field } from "./field.js";
import { addressOf, remote } from "./record-set.js";

/** What the generator is to make. */
export interface Work {
  /** L3 misses, L2 misses, or changes of records. */
  readonly kind: "arp" | "frame" | "record";
  /** The number of the first record it is about, and of how many. */
  readonly first: number;
  readonly count: number;
  /** Milliseconds between two; zero for all at once. */
  readonly gap: number;
  /** Where the entries are to lead; where the records say unless told. */
  readonly vtep?: Ip;
}

/** What became of it. */
export interface Outcome {
  readonly sent: number;
  /** How many notices of misses the kernel gave. */
  readonly misses: number;
  /** ARP replies that reached the container. */
  readonly replies: number;
  /** Milliseconds from the first to the last entry. */
  readonly elapsed: number;
  /** Milliseconds from the sending until the entries stood, for each that was answered. */
  readonly times: readonly number[];
}

/** Runs the generator in a field. */
export async function generate(generator: string, { site, containerPath }: Field, work: Work): Promise<Outcome> {
  const { kind, first, count, gap, vtep = remote } = work;
  const { namespacePath, config } = site;
  const numbers = [addressOf(first), `${count}`, `${Math.round(gap * 1e6)}`];
  const places = [containerPath, namespacePath, config.device];
  const fdb = `${config.storage}/fdb`;
  const { stdout } = await run([generator, kind, ...places, ...numbers, vtep, asking, fdb]);
  const [head = "", ...times] = stdout.split("\n");
  const [sent = 0, misses = 0, replies = 0, elapsed = 0] = head.split(" ").map(Number);
  return { sent, misses, replies, elapsed: elapsed / 1e6, times: times.map((time) => Number(time) / 1e6) };
}
