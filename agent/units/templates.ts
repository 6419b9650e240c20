import type { Paths } from "../store/paths.js";
import { join } from "node:path";

/** A unit file: its name and its text. */
export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

export const ensureService = (overlay: string): string => `overlaynet-ensure@${overlay}.service`;
export const ensureTimer = (overlay: string): string => `overlaynet-ensure@${overlay}.timer`;
export const resolverService = (overlay: string): string => `overlaynet-resolver@${overlay}.service`;

/** The socket on which an overlay's resolver answers `sync` and `status`. */
export function resolverSocket(paths: Paths, overlay: string): string {
  return join(paths.resolverRun, overlay, "control.sock");
}

/**
 * In system.slice, as every service of ours: else systemd makes a slice for the instances of a template, which stays when they are gone.
 *
 * No sandbox that needs a mount namespace of its own: a network namespace named from inside one is a dead file for everybody else
 * (`ip netns add` mounts it). Not RemainAfterExit: the timer and each restart of the resolver run it again.
 */
const ensure = `[Unit]
Description=Structure of overlay network %i
Documentation=man:ip-link(8) man:bridge(8)
ConditionPathExists=/var/lib/overlaynet/%i/desired

[Service]
Type=oneshot
Slice=system.slice
ExecStart=/usr/local/bin/overlaynet ensure %i
TimeoutStartSec=5min
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
`;

/** Covers what the resolver cannot see: the insides of containers. Monotonic, so a clock that jumps neither starves nor floods it. */
const timer = `[Unit]
Description=Regular repair of overlay network %i

[Timer]
OnActiveSec=60s
OnUnitInactiveSec=60s
AccuracySec=5s

[Install]
WantedBy=timers.target
`;

/**
 * `Wants=` and not `Requires=`: both run the repair before each automatic restart, but when the repair fails, a unit that requires it ends `inactive`
 * ("Job … failed with result 'dependency'") and is never restarted (measured, systemd 252). A missing namespace ends the start with status 225, and the next one runs
 * the repair again. No `BindsTo=` on the namespace's mount: that stops with the namespace and never comes back. SystemCallErrorNumber, because Node is killed at its
 * start where a filter kills.
 */
const resolver = `[Unit]
Description=Miss resolver of overlay network %i
Wants=overlaynet-ensure@%i.service
After=overlaynet-ensure@%i.service
StartLimitIntervalSec=0

[Service]
Type=notify
Slice=system.slice
NotifyAccess=main
ExecStart=/usr/local/bin/overlaynet resolver --config /run/overlaynet/%i/resolver.json --socket /run/overlaynet-resolver/%i/control.sock --namespace /run/overlaynet/%i/netns
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=500ms
WatchdogSec=30s
NetworkNamespacePath=/run/overlaynet/%i/netns
RuntimeDirectory=overlaynet-resolver/%i
RuntimeDirectoryMode=0755

DynamicUser=yes
AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW
CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectProc=invisible
ProcSubset=pid
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
UMask=0077
RestrictAddressFamilies=AF_NETLINK AF_UNIX AF_PACKET
IPAddressDeny=any
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;

/** The units of every overlay on every host: constant, an overlay is an instance. */
export const unitFiles: readonly UnitFile[] = [
  { name: "overlaynet-ensure@.service", text: ensure },
  { name: "overlaynet-ensure@.timer", text: timer },
  { name: "overlaynet-resolver@.service", text: resolver },
];
