import { HostProblem, type OperatorHost } from "@overlaynet/core/operator/index";

/** What came of one host. */
export type Gathered<T> =
  | { readonly host: OperatorHost; readonly problem?: undefined; readonly value: T }
  | { readonly host: OperatorHost; readonly problem: HostProblem };

/** Does the same with all hosts at once; one that fails is told as such and stops no other. */
export function fromAll<T>(
  hosts: readonly OperatorHost[],
  work: (host: OperatorHost) => Promise<T>,
): Promise<Gathered<T>[]> {
  return Promise.all(
    hosts.map(async (host): Promise<Gathered<T>> => {
      try {
        return { host, value: await work(host) };
      } catch (error) {
        if (error instanceof HostProblem) return { host, problem: error };
        throw error;
      }
    }),
  );
}
