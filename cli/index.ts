export * from "./exit.js";
export * from "./program.js";
export * from "./world.js";
