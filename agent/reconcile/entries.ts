import { join } from "node:path";
import { type OverlaySpec, resolverConfigOf } from "@overlaynet/core";
import { entriesDrift, type EntriesTarget, syncEntries } from "../entries/index.js";
import { RecordStore } from "../records/index.js";
import { requestSync, resolverStatus } from "../resolver/client.js";
import type { Paths } from "../store/paths.js";
import { resolverSocket } from "../units/templates.js";

/** The kernel's neighbour and forwarding entries of an overlay. */
export interface Entries {
  /** Brings them in line with the records on disk, and answers who did it when the kernel holds them. @throws Error a sentence */
  sync(spec: OverlaySpec): Promise<"resolver" | "agent">;
  /** How the kernel differs from the records on disk, in words, each difference with the inner address it is about. @throws Error a sentence */
  drift(spec: OverlaySpec): EntryDrift[];
  /** How many entries an overlay's resolver has mended since its start while no record had changed; undefined when it does not run, or does not say. */
  repaired(overlay: string): Promise<number | undefined>;
}

/** One difference between the kernel's entries and the records. */
export interface EntryDrift {
  /** The inner IP of a neighbour, or the inner MAC of a forwarding entry. */
  readonly about: string;
  readonly words: string;
}

/** One writer at a time: the overlay's resolver when it runs, else this process, which has the host's lock. */
export function kernelEntries(paths: Paths): Entries {
  const targetOf = (spec: OverlaySpec): EntriesTarget => {
    const store = new RecordStore(spec.storage);
    store.rescan();
    return {
      namespacePath: join(paths.netns, spec.namespace),
      config: resolverConfigOf(spec),
      records: store.records,
      ...(store.isWhole
        ? {}
        : {
            adopt: (held) => {
              store.adopt(held);
            },
          }),
    };
  };
  return {
    async sync(spec) {
      const asked = await requestSync(resolverSocket(paths, spec.overlay));
      if (asked.running) return "resolver";
      const report = syncEntries(targetOf(spec));
      if (report.failed > 0) {
        throw new Error(`${report.failed} kernel entries could not be written: ${report.failures.join("; ")}`);
      }
      return "agent";
    },
    async repaired(overlay) {
      try {
        const asked = await resolverStatus(resolverSocket(paths, overlay));
        return asked.running ? asked.status.repaired : undefined;
      } catch {
        // A resolver that hangs does not hide what else is known of the host.
        return undefined;
      }
    },
    drift(spec) {
      return entriesDrift(targetOf(spec)).map((words) => ({
        words,
        about: / (?:neighbour|forwarding entry) (\S+) /.exec(words)?.[1] ?? "",
      }));
    },
  };
}
