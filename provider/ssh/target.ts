import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Connection, type HostKeyCheck, userForm } from "../input/connection.js";
import type { StackConfig } from "../stack-config.js";
import { parsePin } from "./host-key.js";

/** A machine to log in to, every default filled in. Holds secrets: never to be printed. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Pinned, `ssh-ed25519 SHA256:…`: no other key is accepted, whatever known_hosts says. */
  readonly hostKey: string | undefined;
  readonly hostKeyCheck: HostKeyCheck;
  readonly knownHostsPaths: readonly string[];
  /** What may open the door, most specific first; all are tried. */
  readonly secrets: readonly SecretSource[];
  readonly agentSocketPath: string | undefined;
  /** How often to dial before giving up; -1: for ever. */
  readonly dialErrorLimit: number;
  /** Milliseconds for one dial, from the first packet to logged in; 0: no limit. */
  readonly perDialTimeout: number;
  /** Milliseconds before the second dial; doubles up to five seconds or itself, whichever is more. */
  readonly dialRetryWait: number;
  readonly proxy: Target | undefined;
}

/** Credentials that were given in one place. */
export interface SecretSource {
  /** For messages: `the connection`, `stack config`. */
  readonly where: string;
  readonly privateKey: string | undefined;
  readonly privateKeyPath: string | undefined;
  readonly privateKeyPassword: string | undefined;
  readonly password: string | undefined;
}

/**
 * Fills in what a connection leaves open: stack config first (`overlaynet:<input>`), then port 22, user root, key checks by known_hosts, ten dials of 15 s with waits from 1 s. A jump host takes
 * credentials from stack config as well, nothing else.
 */
export function resolveTarget(address: string, connection: Connection, config: StackConfig): Target {
  const { proxy } = connection;
  const agent = connection.agentSocketPath ?? config.text("agentSocketPath") ?? process.env["SSH_AUTH_SOCK"] ?? "";
  return {
    host: connection.host ?? address,
    port: connection.port ?? config.number("port") ?? 22,
    user: connection.user ?? config.matching("user", userForm, "a user name") ?? "root",
    hostKey: pinOf(connection.hostKey),
    hostKeyCheck: connection.hostKeyCheck ?? hostKeyCheckIn(config) ?? "strict",
    knownHostsPaths: [connection.knownHostsPath ?? config.text("knownHostsPath") ?? "~/.ssh/known_hosts"].map(
      expandHome,
    ),
    secrets: secretSources(connection, config),
    // An empty one is how people say: no agent.
    agentSocketPath: agent === "" ? undefined : expandHome(agent),
    dialErrorLimit: connection.dialErrorLimit ?? config.number("dialErrorLimit") ?? 10,
    perDialTimeout: 1000 * (connection.perDialTimeout ?? config.number("perDialTimeout") ?? 15),
    dialRetryWait: 1000 * (connection.dialRetryWait ?? config.number("dialRetryWait") ?? 1),
    proxy: proxy === undefined ? undefined : resolveTarget(proxy.host ?? "", proxy, config.without(["port", "user"])),
  };
}

/** Names a target in memory: two that differ in anything are two connections, so that nothing is reached by a laxer check than asked for. */
export function targetKey(target: Target): string {
  return createHash("sha256").update(JSON.stringify(target)).digest("base64");
}

/** How messages call the way to a target, when it is not the host's own address at port 22. */
export function wayOf(target: Target): string {
  const self = `${target.user}@${target.host}${target.port === 22 ? "" : `:${target.port}`}`;
  return target.proxy === undefined ? self : `${self} by way of ${wayOf(target.proxy)}`;
}

/** A path with `~/` at its front replaced by the operator's home. */
export function expandHome(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}

function secretSources(connection: Connection, config: StackConfig): SecretSource[] {
  const { privateKey, privateKeyPath, privateKeyPassword, password } = connection;
  const inConfig = {
    where: "stack config",
    privateKey: config.text("privateKey"),
    privateKeyPath: config.text("privateKeyPath"),
    privateKeyPassword: config.text("privateKeyPassword"),
    password: config.text("password"),
  };
  const inline = { where: "the connection", privateKey, privateKeyPath, privateKeyPassword, password };
  return [inline, inConfig].filter(
    (source) => (source.privateKey ?? source.privateKeyPath ?? source.password) !== undefined,
  );
}

/** By its fingerprint, in whichever form it was given: the same key is the same target. */
function pinOf(text: string | undefined): string | undefined {
  const pin = text === undefined ? undefined : parsePin(text);
  return pin === undefined ? text : `${pin.type} ${pin.fingerprint}`;
}

function hostKeyCheckIn(config: StackConfig): HostKeyCheck | undefined {
  const expected = '"strict", "accept-new" or "off"';
  return config.matching("hostKeyCheck", /^(strict|accept-new|off)$/, expected) as HostKeyCheck | undefined;
}
