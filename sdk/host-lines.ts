import * as pulumi from "@pulumi/pulumi";
import { hostTexts } from "@overlaynet/provider/input/host-text";

/** The hosts, each in a line where one can say it: what is secret, or an output, stays as it is, so that the engine knows it for what it is. */
export function hostLines(hosts: unknown): { readonly hosts: unknown; readonly connection?: string } {
  if (typeof hosts !== "object" || hosts === null || pulumi.Output.isInstance(hosts) || hosts instanceof Promise) {
    return { hosts };
  }
  return hostTexts(hosts as Record<string, unknown>);
}
