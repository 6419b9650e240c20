/** A resolver as a process of its own: `node run-resolver.js OPTIONS`, the options of runResolver as JSON. */
import { type ResolverOptions, runResolver } from "@overlaynet/agent/resolver/index";

const [options] = process.argv.slice(2);
if (options === undefined) throw new Error("run-resolver needs its options as JSON");
runResolver(JSON.parse(options) as ResolverOptions).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
