import { ConnectResult, HostProblem, PingResult, ProbeEnd } from "@overlaynet/core/operator/index";
import { askFor, read } from "../ask.js";
import type { TraceProof } from "../document/trace.js";
import type { Found } from "../find.js";

/** How many pings prove a path, and how long the last one's answer is waited for, in milliseconds. */
const [count, wait] = [3, 700];

/** What real packets came to. */
export interface Proven {
  readonly ping: PingResult;
  readonly proofs: TraceProof[];
}

/** Pings, pings as large as packets may be, and connects by TCP: from a container to an address. @throws HostProblem */
export async function prove(from: Found, address: string, mtu: number, port: number): Promise<Proven> {
  const { host, container } = from;
  const ask = { overlay: container.overlay, container: container.name };
  const pings = async (more: object): Promise<PingResult> => {
    const parts: PingResult[] = [];
    const request = { op: "probe" as const, ...ask, targets: [address], wait, ...more };
    await askFor(host, request, ProbeEnd, (part) => {
      parts.push(read(host, PingResult, part));
    });
    const [result] = parts;
    if (result === undefined) throw new HostProblem("failed", `${host.name}: it told nothing of its pings`);
    return result;
  };
  // The first packets may have to wait for an entry; what comes after them must not.
  const ping = await pings({ count });
  const [whole, tcp] = await Promise.all([
    pings({ count: 1, size: mtu }),
    askFor(host, { op: "connect", ...ask, address, port, wait }, ConnectResult),
  ]);
  const [first] = ping.milliseconds;
  const lost = ping.complaint === "" ? "no answer" : ping.complaint;
  return {
    ping,
    proofs: [
      {
        kind: "ping",
        ok: ping.sent > 0 && ping.received === ping.sent && ping.duplicates === 0,
        result: `${ping.received} of ${ping.sent} answered${first === undefined ? `: ${lost}` : `, the first after ${first} ms`}${ping.duplicates > 0 ? ", some twice" : ""}`,
      },
      {
        kind: "size",
        ok: whole.received === 1,
        result:
          whole.received === 1 ? `${mtu} bytes pass` : `${mtu} bytes do not pass: ${whole.complaint || "no answer"}`,
      },
      { kind: "tcp", ...tcpProof(tcp, port) },
    ],
  };
}

function tcpProof({ outcome, reason, milliseconds }: ConnectResult, port: number): Omit<TraceProof, "kind"> {
  switch (outcome) {
    case "open":
      return { ok: true, result: `port ${port} is open, after ${milliseconds} ms` };
    case "refused":
      return { ok: true, result: `port ${port} answers that nobody listens, after ${milliseconds} ms` };
    case "silent":
      return { ok: false, result: `port ${port} does not answer within ${wait} ms` };
    case "failed":
      return { ok: false, result: `port ${port}: ${reason}` };
  }
}
