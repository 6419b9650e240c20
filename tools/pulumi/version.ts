/** The Pulumi CLI that is installed when PATH has none that fits; tools/pulumi-cli/go.mod names the same one. */
export const CLI_VERSION = "3.248.0";

/**
 * The language host that is built beside it; tools/pulumi-language-nodejs/go.mod names the same one.
 *
 * It is the last release whose Go module still contains the host. Engine and SDK of CLI_VERSION work with it.
 */
export const LANGUAGE_HOST_VERSION = "3.68.0";

/** Whether `pulumi version` printed a release that fits: the same major version, and CLI_VERSION or newer. */
export function fits(printed: string): boolean {
  const found = parse(printed.trim());
  const wanted = parse(CLI_VERSION);
  if (found === undefined || wanted === undefined) return false;
  const [major, minor, patch] = found;
  if (major !== wanted[0]) return false;
  return minor > wanted[1] || (minor === wanted[1] && patch >= wanted[2]);
}

function parse(text: string): [number, number, number] | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}
