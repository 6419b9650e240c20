import { HostProblem, type Miss, MonitorPart, type OperatorHost } from "@overlaynet/core/operator/index";
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import { askFor, read } from "../ask.js";
import type { MonitorDocument } from "../document/monitor.js";
import { clockOffset, isoTime, now } from "./clock.js";

/** Milliseconds between two tries to reach a host that was lost. */
const again = 5000;
/** Milliseconds after which clocks are compared again: two that nobody sets part by a few milliseconds a minute at the most. */
const clockInterval = 60_000;

/** What is followed, and who is told. */
export interface Following {
  readonly overlay: string | undefined;
  readonly raw: boolean;
  /** Nobody wants the rest. */
  readonly signal: AbortSignal;
  /** @param time in milliseconds since 1970, by our clock */
  readonly tell: (time: number, event: MonitorDocument) => void;
  /** Told what is wrong now by what it is about; undefined when it is well again. */
  readonly wrong: (about: string, kind: "wrong" | "unreachable" | undefined) => void;
}

/** Follows a host until nobody wants it any more; one that is lost is tried again. Ends for one that was never reached, or cannot do it. */
export async function follow(host: OperatorHost, following: Following): Promise<void> {
  const { signal, wrong } = following;
  const events = eventsOf(host, following);
  const state = { reached: false, told: false };
  for (;;) {
    try {
      await listen(host, following, events, () => {
        state.reached = true;
        state.told = false;
        wrong(host.name, undefined);
      });
      return;
    } catch (error) {
      if (!(error instanceof HostProblem)) throw error;
      if (signal.aborted) return;
      if (!state.told) events.lost(error);
      state.told = true;
      if (!state.reached || error.kind !== "unreachable") return;
      // A host is not dialled again once nobody wants it.
      const over = await delay(again, false, { signal }).catch(() => true);
      if (over) return;
    }
  }
}

async function listen(
  host: OperatorHost,
  { overlay, raw }: Following,
  events: Events,
  reached: () => void,
): Promise<void> {
  let offset = await clockOffset(host);
  reached();
  const timer = setInterval(() => {
    // When it fails, so does what is waited for below.
    clockOffset(host).then(
      (measured) => (offset = measured),
      () => undefined,
    );
  }, clockInterval);
  try {
    const ask = { op: "monitor", raw, ...(overlay === undefined ? {} : { overlay }) } as const;
    const take = (part: unknown): void => {
      const one = read(host, MonitorPart, part);
      if ("misses" in one) {
        for (const miss of one.misses) events.miss(one.overlay, miss, miss.at - offset);
        if (one.skipped > 0) events.skipped(one.overlay, one.skipped);
      } else if ("down" in one) events.down(one.overlay, one.down);
      else events.following(one.overlay);
    };
    await askFor(host, ask, z.unknown(), take, Infinity);
  } finally {
    clearInterval(timer);
  }
}

type Events = ReturnType<typeof eventsOf>;

/** What happens on a host, as events; the time is that of their coming where nothing says it better. */
function eventsOf({ name }: OperatorHost, { tell, wrong }: Following) {
  const down = new Set<string>();
  const say = (event: MonitorDocument["event"], what: string, more: Partial<MonitorDocument> = {}): void => {
    const time = now();
    tell(time, { schema: "overlaynet/monitor/1", event, time: isoTime(time), host: name, ...more, what });
  };
  return {
    miss: (overlay: string, miss: Miss, time: number): void => {
      tell(time, { schema: "overlaynet/monitor/1", event: "miss", time: isoTime(time), host: name, overlay, miss });
    },
    skipped: (overlay: string, skipped: number): void => {
      say("skipped", `${skipped} more misses came than are told`, { overlay, skipped });
    },
    following: (overlay: string): void => {
      down.delete(overlay);
      wrong(`${name} ${overlay}`, undefined);
      say("following", "the resolver is listened to", { overlay });
    },
    down: (overlay: string, why: string): void => {
      down.add(overlay);
      wrong(`${name} ${overlay}`, "wrong");
      say("down", `no resolver: ${why}; it is tried again`, { overlay });
    },
    lost: (problem: HostProblem): void => {
      // Of a host that cannot be asked nothing else is known.
      for (const overlay of down) wrong(`${name} ${overlay}`, undefined);
      down.clear();
      wrong(name, problem.kind === "failed" ? "wrong" : "unreachable");
      say("lost", `lost: ${problem.message}`);
    },
  };
}
