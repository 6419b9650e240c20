import { readFileSync } from "node:fs";
import { parseResolverConfig, type ResolverConfig } from "@overlaynet/core/records";

/** Reads a resolver's configuration. @throws Error whose message is a sentence that names the file */
export function readConfig(path: string): ResolverConfig {
  try {
    return parseResolverConfig(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the resolver's configuration ${path} cannot be used: ${why}`, { cause: error });
  }
}
