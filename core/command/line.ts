import type { Step } from "../plan/step.js";

/** One line for `ip -batch` or `bridge -batch`, words joined by single spaces. */
export interface BatchLine {
  readonly text: string;
  /** What it is part of; a step may have lines in several batches. */
  readonly step: Step;
}

/** When a line's turn is; lines of one turn and one namespace share a process. */
export enum Turn {
  /** Devices in the way, a VXLAN device before its namespace. */
  Clear,
  /** From the root namespace: namespaces, and VXLAN devices into them, so that their UDP socket stays where the underlay is. */
  Found,
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
}

/** A line with its place. */
export interface Placed extends BatchLine {
  readonly turn: Turn;
  readonly tool: "ip" | "bridge";
  /** `undefined`: the root namespace. */
  readonly namespace: string | undefined;
}
