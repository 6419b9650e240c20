import { z } from "zod";
import { parsePin } from "../ssh/host-key.js";
import { hidden, known, members } from "./field.js";

/** When a host whose key is not pinned is believed. */
export type HostKeyCheck = "strict" | "accept-new" | "off";

/**
 * How a host is reached by SSH: the convention of Pulumi's command.remote, and what its users miss. What is absent is taken
 * from stack config (`overlaynet:user`, …), then from the defaults in ssh/target.ts.
 */
export interface Connection {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly privateKeyPath?: string | undefined;
  readonly privateKeyPassword?: string | undefined;
  readonly agentSocketPath?: string | undefined;
  readonly hostKey?: string | undefined;
  readonly hostKeyCheck?: HostKeyCheck | undefined;
  readonly knownHostsPath?: string | undefined;
  readonly dialErrorLimit?: number | undefined;
  readonly perDialTimeout?: number | undefined;
  readonly dialRetryWait?: number | undefined;
  readonly proxy?: Connection | undefined;
}

const hostKeyCheck = z.enum(["strict", "accept-new", "off"]);
const text = z.string();
/** A user name on a host. */
export const userForm = /^[A-Za-z0-9_.@\\-]{1,64}$/;
const privateKeyForm = /-----BEGIN [A-Z ]*PRIVATE KEY-----|^PuTTY-User-Key-File-/;

const leaves = {
  host: hidden("a host name or an address", (given) => /^[A-Za-z0-9_.:%-]{1,253}$/.test(given)),
  // Not the model's schema, which shows what was given: in a connection that may be a key in the wrong place.
  port: counted(
    "a port, a whole number from 1 to 65535",
    (given) => Number.isInteger(given) && given >= 1 && given <= 65_535,
  ),
  user: hidden("a user name", (given) => userForm.test(given)),
  password: hidden("a text", () => true),
  privateKey: hidden("a private key in OpenSSH or PEM form (for a file's name there is privateKeyPath)", (given) =>
    privateKeyForm.test(given),
  ),
  privateKeyPath: hidden(
    "the name of a file with a private key (for a key's text there is privateKey)",
    (given) => !/\n|PRIVATE KEY/.test(given),
  ),
  privateKeyPassword: hidden("a text", () => true),
  agentSocketPath: text,
  hostKey: hidden(
    "a host's public key as ssh-keyscan prints it, such as ssh-ed25519 AAAA…, or its fingerprint, ssh-ed25519 SHA256:…",
    (given) => parsePin(given) !== undefined,
  ),
  hostKeyCheck,
  knownHostsPath: text,
  dialErrorLimit: counted(
    "a whole number of tries, or -1 for no limit",
    (given) => Number.isInteger(given) && given >= -1,
  ),
  perDialTimeout: counted("a number of seconds, or 0 for no limit", (given) => given >= 0 && given <= 3600),
  dialRetryWait: counted("a number of seconds", (given) => given >= 0 && given <= 3600),
};

function counted(expected: string, test: (given: number) => boolean): z.ZodType<number> {
  return z.unknown().transform((given, context): number => {
    if (typeof given === "number" && test(given)) return given;
    const got = typeof given === "number" ? String(given) : typeof given;
    context.addIssue({ code: "custom", message: `expected ${expected}, got ${got}`, input: undefined });
    return z.NEVER;
  });
}

/** Jump hosts behind jump hosts: more than three in a row is a mistake. */
function connection(depth: number): z.ZodType<Connection> {
  if (depth === 0) return members(leaves);
  return members({ ...leaves, proxy: known(connection(depth - 1)) });
}

export const connectionSchema: z.ZodType<Connection> = connection(3);
