import { UsageError } from "@overlaynet/core/operator/index";
import type { Host } from "../hosts.js";
import { StackConfig } from "../stack-config.js";

const form = /^([a-z0-9][a-z0-9_.-]*)=(?:([^@\s]+)@)?([^@\s]+?)(?::(\d{1,5}))?$/i;

/** True for a host given by hand; anything else names one of a stack. */
export function isGiven(text: string): boolean {
  return text.includes("=");
}

/** Reads `name=user@address`, `name=address`, `name=user@address:port`. @throws UsageError */
export function givenHost(text: string): Host {
  const [, name, user, address, port] = form.exec(text) ?? [];
  if (name === undefined || address === undefined || Number(port ?? 22) > 65_535) {
    throw new UsageError(`--host: expected name=user@address, or name=user@address:port, got ${JSON.stringify(text)}`);
  }
  const connection = {
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
  return { name, address, connection };
}

/** The configuration of hosts given by hand: a key's file, and otherwise what ssh-agent and known_hosts know. */
export function givenConfig(identity: string | undefined): StackConfig {
  return new StackConfig((key) => (key === "privateKeyPath" ? identity : undefined));
}
