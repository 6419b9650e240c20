export * from "./arp-reply.js";
export * from "./drift.js";
export * from "./entry.js";
export * from "./event.js";
export * from "./miss.js";
export * from "./negative-cache.js";
export * from "./reconcile.js";
export * from "./wanted.js";
