// Exit status 0 when node_modules holds what package-lock.json asks for, 1 when `npm ci` has to run.
// npm notes what it has installed in node_modules/.package-lock.json, as its last step: an interrupted one left none.
import { readFileSync } from "node:fs";

function packages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** What tells one package from another: its version, what it links to, its digest. */
const identity = (entry) => JSON.stringify([entry?.version, entry?.resolved, entry?.link, entry?.integrity]);

const wanted = packages("package-lock.json");
const installed = packages("node_modules/.package-lock.json");
const places = Object.keys({ ...wanted, ...installed }).filter((place) => place.includes("node_modules/"));
// An optional one that is missing is made for another platform.
const differs = (place) =>
  installed[place] === undefined ? !wanted[place].optional : identity(wanted[place]) !== identity(installed[place]);
process.exitCode = installed === undefined || places.some(differs) ? 1 : 0;
