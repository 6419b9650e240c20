export * from "./address.js";
export * from "./device.js";
export * from "./read.js";
export * from "./sync.js";
export * from "./write.js";
