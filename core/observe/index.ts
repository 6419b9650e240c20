export * from "./command.js";
export * from "./neighbour.js";
export * from "./observed.js";
export * from "./parse.js";
export * from "./path.js";
export * from "./ping.js";
export * from "./table.js";
export * from "./wanted.js";
