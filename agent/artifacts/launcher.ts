/**
 * How the resolver's Node runs: no thread beside the main one for compiling and collecting, and a young generation of one megabyte, which is
 * enough for what makes hardly any garbage. Seven megabytes less with ten thousand records (bench/RESULTS.md). Not in the unit: Node takes
 * --single-threaded from its command line alone.
 */
export const resolverFlags = ["--single-threaded", "--max-semi-space-size=1"] as const;

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
