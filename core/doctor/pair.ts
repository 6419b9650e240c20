import { examinationLimits } from "./examination.js";
import type { Finding } from "./finding.js";
import type { Reach } from "./look.js";

/** What is known of the way from one host to another. */
export interface PairFacts {
  readonly host: string;
  readonly peer: string;
  /** The host's own address. */
  readonly address: string;
  readonly peerAddress: string;
  readonly port: number;
  /** Bytes of an overlay's largest packet with its VXLAN headers, as it crosses the underlay. */
  readonly size: number;
  readonly reach: Reach | undefined;
  /** Whether a program on the peer has the port: what it does not read is not counted. */
  readonly taken: boolean;
  /** Datagrams that the peer's kernel counted while the host sent; absent when it could not be told. */
  readonly arrived: number | undefined;
}

/** What VXLAN over IPv4 adds to a packet (RFC 7348 section 5): Ethernet, VXLAN, UDP, IPv4. */
export const vxlanOverhead = 14 + 8 + 8 + 20;

/** As many have to come: others' datagrams are counted, too, and one or another may be lost. */
const enough = examinationLimits.datagrams / 2;

/** Judges the way from one host to another. */
export function pairFindings(facts: PairFacts): Finding[] {
  const { host, peer } = facts;
  const say = (check: string, one: Omit<Finding, "host" | "peer" | "check">): Finding => ({
    host,
    peer,
    check,
    ...one,
  });
  return [say("source", source(facts)), say("path mtu", pathMtu(facts)), say("udp", udp(facts))];
}

type Say = Omit<Finding, "host" | "peer" | "check">;

function source({ reach, address, peer, peerAddress }: PairFacts): Say {
  if (reach === undefined) return { severity: "warning", evidence: "could not be told" };
  if (reach.source === address) return { severity: "ok", evidence: `${address} to ${peerAddress}` };
  if (reach.source === "") {
    return {
      severity: "error",
      evidence: `no route to ${peerAddress}: ${reach.route}`,
      mend: "mend the underlay's routes",
    };
  }
  return {
    severity: "warning",
    evidence: `packets to ${peerAddress} come from ${reach.source} by themselves, not from ${address}; tunnels use ${address} all the same`,
    mend: `see that ${peer} reaches ${address}, and that nothing on the way drops it (reverse path filters)`,
  };
}

function pathMtu({ reach, size, peerAddress }: PairFacts): Say {
  if (reach === undefined) return { severity: "warning", evidence: "could not be told" };
  const { passes } = reach;
  if (passes >= size) return { severity: "ok", evidence: `${size} bytes pass to ${peerAddress}` };
  if (passes === 0) {
    return {
      severity: "warning",
      evidence: `${peerAddress} answers no ping: the path's MTU is not known`,
      mend: "allow ICMP between the hosts: without it nobody learns of packets that are too large",
    };
  }
  return {
    severity: "error",
    evidence: `${passes} bytes pass to ${peerAddress} at the most, ${size} are needed`,
    mend: `set mtu: ${passes - vxlanOverhead} on the Overlay, or raise the underlay's MTU`,
  };
}

function udp({ arrived, taken, port, peer, peerAddress }: PairFacts): Say {
  const { datagrams } = examinationLimits;
  if (taken) return { severity: "warning", evidence: `could not be told: a program on ${peer} has the port` };
  if (arrived === undefined) return { severity: "warning", evidence: "could not be told" };
  const evidence = `${Math.min(arrived, datagrams)} of ${datagrams} datagrams to UDP port ${port} reached ${peer}`;
  if (arrived >= enough) return { severity: "ok", evidence };
  return {
    severity: "error",
    evidence,
    mend: `allow UDP port ${port} to ${peerAddress} in the firewalls of both hosts and on the way`,
  };
}
