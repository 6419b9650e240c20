export * from "./hop.js";
export * from "./loss.js";
export * from "./path.js";
