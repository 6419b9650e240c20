import { closeSync, openSync } from "node:fs";
import { CLONE_NEWNET } from "./constants.js";
import { setNamespace } from "./native.js";

/**
 * Runs `body` with the main thread in the network namespace at `path` and comes back. A socket belongs to the namespace it was made in
 * for good, so whoever makes one inside can use it outside. `body` must not be asynchronous: everything else on this thread would go along.
 *
 * @throws when the path is no namespace (ENOENT, EINVAL) or the process may not enter it
 */
export function inNamespace<T>(path: string, body: () => T): T {
  const own = openSync("/proc/thread-self/ns/net", "r");
  try {
    const target = openSync(path, "r");
    try {
      setNamespace(target, CLONE_NEWNET);
    } finally {
      closeSync(target);
    }
    try {
      return body();
    } finally {
      setNamespace(own, CLONE_NEWNET);
    }
  } finally {
    closeSync(own);
  }
}
