import { readFile } from "node:fs/promises";
import { type AnyAuthMethod, utils } from "ssh2";
import { messageOf } from "../host-failure.js";
import { fromPkcs8 } from "./pkcs8.js";
import { expandHome, type Target } from "./target.js";

/** What may open the door, in the order it is tried, and what was given and cannot be used. */
export interface Credentials {
  readonly methods: readonly AnyAuthMethod[];
  /** For messages: `the key of the connection`, `the agent at /run/…`. */
  readonly names: readonly string[];
  /** Sentences about credentials that were passed over; without anything secret in them. */
  readonly unusable: readonly string[];
}

/** Gathers a target's credentials: keys and passwords of the connection, then of stack config, then the keys that ssh-agent holds. */
export async function gatherCredentials(target: Target): Promise<Credentials> {
  const methods: AnyAuthMethod[] = [];
  const names: string[] = [];
  const unusable: string[] = [];
  const username = target.user;
  const addKey = (given: string, passphrase: string | undefined, name: string): void => {
    const read = fromPkcs8(given, passphrase);
    const key = read === "closed" ? undefined : read.key;
    const sentence = key === undefined ? closedSentence(passphrase) : keySentence(key, passphrase);
    if (key === undefined || sentence !== undefined) {
      unusable.push([name, sentence].join(" "));
      return;
    }
    methods.push({ type: "publickey", username, key, ...(passphrase === undefined ? {} : { passphrase }) });
    names.push(name);
  };
  for (const { where, privateKey, privateKeyPath, privateKeyPassword, password } of target.secrets) {
    if (privateKey !== undefined) addKey(privateKey, privateKeyPassword, `the key in ${where}`);
    if (privateKeyPath !== undefined) {
      const name = `the key ${shown(privateKeyPath)} of ${where}`;
      try {
        addKey(await readFile(expandHome(privateKeyPath), "utf8"), privateKeyPassword, name);
      } catch (error) {
        unusable.push(`${name} cannot be read (${codeOf(error)})`);
      }
    }
    if (password !== undefined) {
      methods.push({ type: "password", username, password });
      // Where PasswordAuthentication is off, PAM often asks for the same password by this method.
      methods.push({
        type: "keyboard-interactive",
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => {
          finish(prompts.map(() => password));
        },
      });
      names.push(`the password in ${where}`);
    }
  }
  if (target.agentSocketPath !== undefined) {
    methods.push({ type: "agent", username, agent: target.agentSocketPath });
    names.push("ssh-agent");
  }
  return { methods, names, unusable };
}

function keySentence(key: string, passphrase: string | undefined): string | undefined {
  const parsed = utils.parseKey(key, passphrase);
  if (!(parsed instanceof Error)) return undefined;
  if (/encrypted|passphrase|integrity check/i.test(parsed.message)) {
    return closedSentence(passphrase);
  }
  return "is not a private key that can be read";
}

function closedSentence(passphrase: string | undefined): string {
  return passphrase === undefined
    ? "has a passphrase; give privateKeyPassword"
    : "does not open with the given privateKeyPassword";
}

/** A file's name, unless it may be a key or a passphrase that was given in the wrong place. */
function shown(path: string): string {
  return /^(~|\.{0,2})\/[^\n]*$/.test(path) ? path : "by privateKeyPath (not shown: it does not begin like a path)";
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? messageOf(error);
}
