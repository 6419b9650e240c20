import type { GraphCommand } from "../document/graph.js";

/** A command on the element's host, as root. */
export function onHost(...words: readonly string[]): GraphCommand {
  return { where: "host", command: words.map(word).join(" ") };
}

/** A command where the operator is. */
export function here(...words: readonly string[]): GraphCommand {
  return { where: "here", command: words.map(word).join(" ") };
}

/** A word that a shell reads as it stands: in quotes when it is not plain. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What shows a device with its counters and attributes. */
export function lookAtDevice(namespace: string, device: string): GraphCommand {
  return onHost("ip", "-n", namespace, "-d", "-s", "address", "show", "dev", device);
}
