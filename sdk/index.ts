export type { ConnectionArgs, HostArgs } from "./connection.js";
export { Container, type ContainerArgs } from "./container.js";
export { NeighEntry, type NeighEntryArgs } from "./neigh-entry.js";
export type { OverlayRef, OverlayRefOutput } from "./overlay-ref.js";
export { Overlay, type OverlayArgs, type TimeoutsArgs } from "./overlay.js";
