export * from "./desired/object.js";
export * from "./desired/schema.js";
export * from "./desired/spec.js";
export * from "./model/index.js";
export * from "./records.js";
