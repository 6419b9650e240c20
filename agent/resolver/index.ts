export * from "./client.js";
export * from "./run.js";
export type { ResolverStatus, SyncAnswer } from "./status.js";
