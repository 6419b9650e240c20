/** What a host has to be: what the provider asks before it puts anything there, and the agent before it changes anything. */

/** The oldest kernel and systemd that the units and commands are written for. */
export const oldest = { kernel: [5, 10], systemd: 247 } as const;

/** The kinds of links that an overlay is made of, by the names of their kernel modules, in the order in which they are tried. */
export const linkTypes = ["bridge", "veth", "vxlan"] as const;

/** Lines for `ip -batch` that make one link of each kind: for a network namespace that goes with the process which made them. */
export const linkTrial: readonly string[] = [
  "link add ovtry0 type bridge",
  "link add ovtry1 type veth peer name ovtry2",
  "link add ovtry3 type vxlan id 1 dstport 4789 local 192.0.2.1",
];

/** What `ip -batch` said when the trial failed, as a sentence with its mend. */
export function linkRefusal(stderr: string): string {
  const line = Number(/Command failed -:(\d+)/.exec(stderr)?.[1] ?? 0);
  const type = linkTypes[line - 1];
  const what = type === undefined ? "bridge, veth and vxlan devices" : `${type} devices`;
  const said = stderr.trim().split("\n")[0] ?? "";
  return `the kernel cannot make ${what} (${said}); install a kernel with that module, or load it`;
}

/** Whether a kernel's release (`6.1.0-50-cloud-amd64`) or another version is at least so high. */
export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, one, two] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(one) > major || (Number(one) === major && Number(two) >= minor);
}
