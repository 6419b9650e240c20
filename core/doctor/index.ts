export * from "./examination.js";
export * from "./finding.js";
export * from "./host.js";
export * from "./look.js";
export * from "./pair.js";
