/** What the provider puts on a host. The only part of this package that runs on the operator's machine. */
export { type AgentArtifact, type ArtifactFile, agentArtifact } from "./agent.js";
export { launcher, resolverFlags } from "./launcher.js";
export type { PinnedFile, Progress } from "./npm-package.js";
export { pinnedFiles } from "./pinned.js";
export { type Architecture, type RuntimeArtifact, runtimeArtifact, runtimeDigest } from "./runtime.js";
export { agentVersion } from "./version.js";
