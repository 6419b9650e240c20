/** What the operator's command needs of this package: hosts over SSH, and the administrator's script. */
export { agentVersion as version } from "@overlaynet/agent/artifacts";
export { printAdministratorScript } from "../install/command.js";
export { operatorHosts } from "./hosts.js";
