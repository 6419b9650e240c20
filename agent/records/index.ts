export * from "./apply.js";
export * from "./store.js";
export * from "./watch.js";
