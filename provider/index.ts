/** What the engine calls, one object per kind of resource; all three share one set of connections. */
import type { ConfigureRequest, ResourceProvider } from "./engine.js";
import { asProvider } from "./resource-provider.js";
import { containerKind } from "./resource/container.js";
import { MemberResource } from "./resource/member.js";
import { neighEntryKind } from "./resource/neigh-entry.js";
import { OverlayResource } from "./resource/overlay.js";
import { endOnInterrupt, processServices } from "./services.js";
import { StackConfig } from "./stack-config.js";

export type * from "./engine.js";

const services = processServices();
let listening = false;

function configure(request: ConfigureRequest): void {
  services.fleet.configure(StackConfig.of(request));
  if (listening) return;
  listening = true;
  endOnInterrupt(services.fleet);
}

export const overlay: ResourceProvider = asProvider(new OverlayResource(services), configure);
export const container: ResourceProvider = asProvider(new MemberResource(containerKind, services), configure);
export const neighEntry: ResourceProvider = asProvider(new MemberResource(neighEntryKind, services), configure);
