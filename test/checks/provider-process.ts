import { closeSync, openSync } from "node:fs";
import { CLONE_NEWNET } from "@overlaynet/agent/netlink/constants";
import { setNamespace } from "@overlaynet/agent/netlink/native";
import type { Services } from "@overlaynet/provider/fleet";
import { processServices } from "@overlaynet/provider/services";
import type { Lab } from "../hosts/index.js";

/** Moves this process into the operator's network of a lab, so that the provider in it reaches the hosts. @returns the way back */
export async function enterOperatorNetwork(lab: Lab): Promise<() => void> {
  const home = openSync("/proc/thread-self/ns/net", "r");
  const there = openSync(await lab.operatorNetwork(), "r");
  setNamespace(there, CLONE_NEWNET);
  closeSync(there);
  return () => {
    setNamespace(home, CLONE_NEWNET);
    closeSync(home);
  };
}

/** What a provider process of the engine has: connections of its own, and what it says. */
export interface ProviderProcess extends Services {
  readonly said: readonly string[];
  /** As when the engine has nothing left to do. */
  end(): Promise<void>;
}

export function startProvider(): ProviderProcess {
  const said: string[] = [];
  const { fleet, ...services } = processServices((line) => said.push(line));
  return { ...services, fleet, said, end: () => fleet.close() };
}
