export { type Command, type CommandOptions } from "./command.js";
export { Endpoint, type EndpointSpec, type PeerRecord } from "./endpoint.js";
export { Host, type SshOptions } from "./host.js";
export { DEFAULT_LAB, Lab, type LabOptions } from "./lab.js";
export { OPERATOR_ADDRESS } from "./names.js";
export { until } from "./poll.js";
export { rootfs } from "./rootfs/rootfs.js";
export { diffSnapshots, snapshot, type ScriptRunner, type Snapshot } from "./snapshot.js";
