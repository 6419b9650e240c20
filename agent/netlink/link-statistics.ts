import { unmarshalAttributes } from "./attribute.js";
import { IFLA } from "./constants.js";

/** What has gone one way through a link since it was made. */
export interface Traffic {
  readonly packets: number;
  readonly bytes: number;
  readonly errors: number;
  readonly dropped: number;
}

export interface LinkStatistics {
  readonly received: Traffic;
  readonly sent: Traffic;
}

const fixedLength = 16;
const counterLength = 8;

/** The counters of a link message, `struct rtnl_link_stats64` (linux/if_link.h); undefined when it has none. */
export function unmarshalLinkStatistics(payload: Buffer): LinkStatistics | undefined {
  const attributes = unmarshalAttributes(payload.subarray(fixedLength));
  const data = attributes.find(({ type }) => type === IFLA.STATS64)?.data;
  // Newer kernels append members.
  if (data === undefined || data.length < 8 * counterLength) return undefined;
  const counter = (index: number): number => Number(data.readBigUInt64LE(index * counterLength));
  // Received and sent take turns.
  const oneWay = (first: 0 | 1): Traffic => {
    return {
      packets: counter(first),
      bytes: counter(first + 2),
      errors: counter(first + 4),
      dropped: counter(first + 6),
    };
  };
  return { received: oneWay(0), sent: oneWay(1) };
}
