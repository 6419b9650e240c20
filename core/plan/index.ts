export * from "./differences.js";
export * from "./drift.js";
export * from "./needs.js";
export * from "./plan.js";
export * from "./step.js";
