import type { HostOptions, OperatorHosts } from "@overlaynet/core/operator/index";
import type { Writable } from "node:stream";

/** Where text goes. */
export type Output = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

/** Where the command runs, and its ways to hosts. */
export interface World {
  /** `operator`: over all hosts of a stack; `host`: on a host, for itself. */
  readonly place: "operator" | "host";
  readonly version: string;
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Finds the hosts that the options name; connects to none yet.
   *
   * @throws UsageError
   */
  hosts(options: HostOptions): Promise<OperatorHosts>;
  /** Prints the administrator's script; absent where there is none to print. @throws UsageError */
  readonly install?: (options: { readonly user: string; readonly architecture: string }) => Promise<void>;
}
