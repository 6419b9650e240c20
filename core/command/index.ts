export * from "./batch.js";
export type { BatchLine } from "./line.js";
export { filterTrial } from "./nft-lines.js";
export * from "./outcome.js";
