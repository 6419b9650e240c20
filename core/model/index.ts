export * from "./cidr.js";
export * from "./invalid.js";
export * from "./ip.js";
export * from "./mac.js";
export * from "./names.js";
export * from "./numbers.js";
