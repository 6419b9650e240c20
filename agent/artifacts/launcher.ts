/**
 * How the resolver's Node runs: one thread beside the main one, which V8 optimizes functions on, so that no miss waits for it; after 300 calls
 * instead of 3000, so that the work is at its quickest after the first misses; and a young generation of one megabyte, enough for what makes
 * hardly any garbage. All measured: bench/RESULTS.md. Not in the unit: they belong to this runtime, and go with it.
 */
export const resolverFlags = [
  "--v8-pool-size=1",
  "--max-semi-space-size=1",
  "--invocation-count-for-turbofan=300",
] as const;

/**
 * The small script that starts the agent with its own runtime: the resolver, which is resident, from a file of its own.
 *
 * @param node the runtime's path
 * @param folder where the agent's files are
 */
export function launcher(node: string, folder: string): string {
  return `#!/bin/sh
[ "$1" != resolver ] || exec ${node} ${resolverFlags.join(" ")} ${folder}/resolver.cjs "$@"
exec ${node} ${folder}/overlaynet.cjs "$@"
`;
}
