export { withLock } from "./lock.js";
export { cached, cacheHome } from "./cache.js";
export { pulumiEnvironment } from "./pulumi/environment.js";
export { ensurePulumi, type PulumiCli } from "./pulumi/install.js";
