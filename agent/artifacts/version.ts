/** The agent's version: grows when what lies on hosts changes; of two agents the newer stays on a host. A test holds it to package.json. */
export const agentVersion = "0.1.0";
