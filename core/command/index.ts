export * from "./batch.js";
export type { BatchLine } from "./line.js";
export * from "./outcome.js";
