import { koffi } from "./native.js";
import type { PinnedFile } from "./npm-package.js";
import { node } from "./runtime.js";

/** Every file of a published package that is put on hosts as it is, for all architectures. */
export const pinnedFiles: readonly PinnedFile[] = [...Object.values(koffi), ...Object.values(node)];
