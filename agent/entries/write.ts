import { type Action, stamp } from "@overlaynet/core/resolver/index";
import {
  type Ack,
  AF,
  describe,
  marshalNeighbour,
  type NeighbourMessage,
  NLM_F,
  NTF,
  NUD,
  type Request,
  type RouteConnection,
  RTM,
} from "../netlink/index.js";
import { bytesOfIp, bytesOfMac } from "./address.js";

/** What became of a number of actions. */
export interface Written {
  readonly failed: number;
  /** The first few failures, each a sentence. */
  readonly failures: readonly string[];
}

/** Requests made at a time: those of a hundred thousand would be as much memory again as the records. */
const atOnce = 512;
const failuresTold = 5;
const ENOENT = 2;
const ESRCH = 3;

/** Carries actions out on a device, in order. What is gone already counts as deleted. @throws NetlinkError when the kernel cannot be asked */
export function writeActions(connection: RouteConnection, deviceIndex: number, actions: readonly Action[]): Written {
  let failed = 0;
  const failures: string[] = [];
  for (let start = 0; start < actions.length; start += atOnce) {
    const some = actions.slice(start, start + atOnce);
    const acks = connection.execute(some.map((action) => requestOf(action, deviceIndex)));
    some.forEach((action, index) => {
      const ack = acks[index];
      if (ack === undefined || hasWorked(action, ack)) return;
      failed += 1;
      if (failures.length < failuresTold) failures.push(`${words(action)}: ${describe(ack)}`);
    });
  }
  return { failed, failures };
}

function hasWorked(action: Action, { errno }: Ack): boolean {
  const isDelete = action.do === "delete-neighbour" || action.do === "delete-forwarding";
  return errno === 0 || (isDelete && (errno === ENOENT || errno === ESRCH));
}

/**
 * The request that carries an action out. Always REPLACE, never an exclusive create: a learnt entry would make that fail and take the path
 * with it when it ages (moby#53663). Deletions have the family and flags of what was written, or they would miss it (moby 7a12bbe5d3).
 * Spelt out four times because a miss waits for it: objects put together by spreading cost ten times as much.
 */
export function requestOf(action: Action, interfaceIndex: number): Request {
  switch (action.do) {
    case "set-neighbour":
      return set({
        family: AF.INET,
        interfaceIndex,
        state: NUD.PERMANENT,
        flags: 0,
        type: 0,
        destination: bytesOfIp(action.ip),
        linkAddress: bytesOfMac(action.mac),
        protocol: stamp,
      });
    case "set-forwarding":
      return set({
        family: AF.BRIDGE,
        interfaceIndex,
        state: action.permanent ? NUD.PERMANENT | NUD.NOARP : NUD.REACHABLE,
        flags: action.permanent ? NTF.SELF | NTF.EXT_LEARNED : NTF.SELF,
        type: 0,
        destination: bytesOfIp(action.vtep),
        linkAddress: bytesOfMac(action.mac),
      });
    case "delete-neighbour":
      return remove({
        family: AF.INET,
        interfaceIndex,
        state: 0,
        flags: 0,
        type: 0,
        destination: bytesOfIp(action.ip),
      });
    case "delete-forwarding":
      return remove({
        family: AF.BRIDGE,
        interfaceIndex,
        state: 0,
        flags: NTF.SELF,
        type: 0,
        linkAddress: bytesOfMac(action.mac),
      });
  }
}

function set(entry: NeighbourMessage): Request {
  return { type: RTM.NEWNEIGH, flags: NLM_F.CREATE | NLM_F.REPLACE, payload: marshalNeighbour(entry) };
}

function remove(entry: NeighbourMessage): Request {
  return { type: RTM.DELNEIGH, flags: 0, payload: marshalNeighbour(entry) };
}

function words(action: Action): string {
  switch (action.do) {
    case "set-neighbour":
      return `neighbour ${action.ip} at ${action.mac} could not be written`;
    case "set-forwarding":
      return `forwarding entry ${action.mac} to ${action.vtep} could not be written`;
    case "delete-neighbour":
      return `neighbour ${action.ip} could not be deleted`;
    case "delete-forwarding":
      return `forwarding entry ${action.mac} could not be deleted`;
  }
}
