import { cablePulled } from "./cable-pulled.js";
import { bridgeDeleted, deviceDeleted } from "./device-deleted.js";
import { deviceReplaced } from "./device-replaced.js";
import { entryDeleted } from "./entry-deleted.js";
import type { Fault } from "./fault.js";
import { hostReboot } from "./host-reboot.js";
import { namespaceDeleted } from "./namespace-deleted.js";
import { packetLoss } from "./packet-loss.js";
import { asymmetricPartition, partition } from "./partition.js";
import { powerCut } from "./power-cut.js";
import { recordsLost } from "./records-lost.js";
import { resolverKilled } from "./resolver-killed.js";
import { twoApplies } from "./two-applies.js";

/** In the order of the table in README.md. */
export const faults: readonly Fault[] = [
  hostReboot,
  powerCut,
  resolverKilled,
  partition,
  asymmetricPartition,
  packetLoss,
  recordsLost,
  entryDeleted,
  deviceDeleted,
  bridgeDeleted,
  namespaceDeleted,
  cablePulled,
  deviceReplaced,
  twoApplies,
];
