export * from "./hosts.js";
export * from "./inspection.js";
export * from "./path.js";
export * from "./probe.js";
export * from "./monitor.js";
export * from "./records.js";
export * from "./request.js";
export * from "./usage.js";
