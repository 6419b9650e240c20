import { basename } from "node:path";

/** The content address that the running agent was installed under: on a host the bundle's folder is `agent-<digest>`. */
export const agentDigest = basename(__dirname).replace(/^agent-/, "");
