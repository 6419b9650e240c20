import type { Step } from "../plan/step.js";

/** The programs that take lines on standard input; nft takes all of them or none. */
export type Tool = "ip" | "bridge" | "nft";

/** One line for `ip -batch`, `bridge -batch` or `nft -f`, words joined by single spaces. */
export interface BatchLine {
  readonly text: string;
  /** What it is part of; a step may have lines in several batches. */
  readonly step: Step;
}

/** When a line's turn is; lines of one turn and one namespace share a process. */
export enum Turn {
  /** Devices in the way, a VXLAN device before its namespace. */
  Clear,
  /** In the root namespace: what stands before VXLAN devices. */
  Guard,
  /** From the root namespace: namespaces, and VXLAN devices into them, so that their UDP socket stays where the underlay is. */
  Found,
  /** In the overlays' namespaces: what stands at ports, before they are there. */
  Shield,
  /** In the overlays' namespaces: devices, their marks and attributes. */
  Build,
  /** Bridges' entries, before a container sends its first frame. */
  Entries,
  /** In the containers' namespaces: what leads to the network, addresses before routes. */
  Connect,
  /** Leftover routes and addresses. */
  Tidy,
  /** Leftover VXLAN devices, before their namespaces: deleting a namespace does not free a VNI at once. */
  Unbuild,
  /** Leftover namespaces. */
  Dissolve,
  /** Leftover ports last: while they are there, they lead to the namespaces that an interrupted run has left. */
  Detach,
  /** What let ports and VXLAN devices send that have gone by now. */
  Unguard,
}

/** A line with its place. */
export interface Placed extends BatchLine {
  readonly turn: Turn;
  readonly tool: Tool;
  /** `undefined`: the root namespace. */
  readonly namespace: string | undefined;
}
