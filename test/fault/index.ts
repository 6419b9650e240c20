import { addressTaken } from "./address-taken.js";
import { cablePulled } from "./cable-pulled.js";
import { containerMoves } from "./container-moves.js";
import { createInterrupted } from "./create-interrupted.js";
import { bridgeDeleted, deviceDeleted } from "./device-deleted.js";
import { deviceReplaced } from "./device-replaced.js";
import { diskFull } from "./disk-full.js";
import { dumpInterrupted } from "./dump-interrupted.js";
import { entryDeleted } from "./entry-deleted.js";
import { entryLearnt } from "./entry-learnt.js";
import type { Fault } from "./fault.js";
import { hostReboot } from "./host-reboot.js";
import { hostRejoins } from "./host-rejoins.js";
import { macRewritten } from "./mac-rewritten.js";
import { namespaceDeleted } from "./namespace-deleted.js";
import { networkScanned } from "./network-scanned.js";
import { noticesLost } from "./notices-lost.js";
import { packetLoss } from "./packet-loss.js";
import { asymmetricPartition, partition } from "./partition.js";
import { powerCut } from "./power-cut.js";
import { recordsLost } from "./records-lost.js";
import { resolverKilled } from "./resolver-killed.js";
import { sshDrops } from "./ssh-drops.js";
import { twoApplies } from "./two-applies.js";
import { underlayMtu } from "./underlay-mtu.js";

/** In the order of the table in README.md. */
export const faults: readonly Fault[] = [
  hostReboot,
  powerCut,
  resolverKilled,
  partition,
  asymmetricPartition,
  packetLoss,
  recordsLost,
  noticesLost,
  dumpInterrupted,
  addressTaken,
  containerMoves,
  entryLearnt,
  entryDeleted,
  deviceDeleted,
  bridgeDeleted,
  namespaceDeleted,
  cablePulled,
  deviceReplaced,
  macRewritten,
  underlayMtu,
  diskFull,
  sshDrops,
  twoApplies,
  createInterrupted,
  networkScanned,
  hostRejoins,
];
