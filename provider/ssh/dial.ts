import type { Duplex } from "node:stream";
import { type AnyAuthMethod, type AuthenticationType, Client, type ConnectConfig } from "ssh2";
import { messageOf } from "../host-failure.js";
import { gatherCredentials } from "./credentials.js";
import { hostKeyPolicy } from "./host-key-policy.js";
import { type Target, wayOf } from "./target.js";

/** Why one dial failed. Only `network` is worth another try. */
export class DialFailure extends Error {
  override readonly name = "DialFailure";

  constructor(
    readonly kind: "network" | "host key" | "authentication",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The three parts of ssh2's own lists that rest on SHA-1. */
const sha1 = { serverHostKey: ["ssh-rsa"], hmac: ["hmac-sha1", "hmac-sha1-etm@openssh.com"] };
const closed = "it closed the connection before log-in";
/** Three unanswered keep-alives, ten seconds apart, and the peer counts as gone. */
const keepalive = { keepaliveInterval: 10_000, keepaliveCountMax: 3 };

/**
 * Logs in to a target, once.
 *
 * @param through the stream of a jump host that leads to it; absent: a TCP connection of its own
 * @throws DialFailure
 */
export async function dial(target: Target, through?: Duplex): Promise<Client> {
  const policy = await hostKeyPolicy(target);
  const credentials = await gatherCredentials(target);
  let refusal: string | undefined;
  let banner = "";
  const client = new Client();
  const config: ConnectConfig = {
    host: target.host,
    port: target.port,
    username: target.user,
    ...keepalive,
    readyTimeout: target.perDialTimeout,
    algorithms: {
      serverHostKey: (policy.algorithms === undefined
        ? { remove: sha1.serverHostKey }
        : [...policy.algorithms]) as never,
      hmac: { remove: sha1.hmac } as never,
    },
    hostVerifier: (key: Buffer) => {
      refusal = policy.judge(key);
      return refusal === undefined;
    },
    authHandler: eachOf(credentials.methods) as never,
    ...(through === undefined ? {} : { sock: through }),
  };
  return await new Promise<Client>((resolve, reject) => {
    const failed = (error: Error): void => {
      client.destroy();
      reject(explain(error, target, refusal, credentials, banner));
    };
    client.on("banner", (text) => (banner = text));
    client.on("error", (error) => {
      if (!passing(error)) failed(error);
    });
    client.once("close", () => {
      failed(new Error(closed));
    });
    client.once("ready", () => {
      // What comes later is too late for this promise: errors after log-in are followed by `close`, which is what users of the connection look at.
      resolve(client);
    });
    try {
      // ssh2 leaves Nagle's algorithm on, which costs 40 ms a message (reference: agent.md section 5).
      client.connect(config).setNoDelay(true);
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** An agent that is not there, or a key that cannot sign: ssh2 says so, and goes on to the next method. */
function passing(error: Error & { level?: string }): boolean {
  if (error.level === "agent") return true;
  return error.level === "client-authentication" && !error.message.startsWith("All configured");
}

type Next = (method: AnyAuthMethod | AuthenticationType | false) => void;

/** Offers one method after another, those that the host has announced to refuse left out. */
function eachOf(methods: readonly AnyAuthMethod[]) {
  let next = 0;
  return (left: readonly string[] | null, _partial: boolean | null, offer: Next): void => {
    for (;;) {
      const method = methods[next++];
      if (method === undefined) {
        offer(false);
        return;
      }
      const name = method.type === "agent" ? "publickey" : method.type;
      if (left !== null && left.length > 0 && !left.includes(name)) continue;
      offer(method);
      return;
    }
  };
}

function explain(
  error: Error & { level?: string; code?: string },
  target: Target,
  refusal: string | undefined,
  credentials: { names: readonly string[]; unusable: readonly string[] },
  banner: string,
): DialFailure {
  if (refusal !== undefined) return new DialFailure("host key", refusal);
  if (error.level === "client-authentication") {
    return new DialFailure("authentication", loginSentence(target, credentials));
  }
  if (/too many authentication failures/i.test(error.message)) {
    const sentence = `${loginSentence(target, credentials)}; the host hung up after too many tries (MaxAuthTries): name the right key`;
    return new DialFailure("authentication", sentence);
  }
  // Not a refusal for good: while a machine boots, users other than root are sent away with a word (pam_nologin).
  const word = error.message === closed && banner.trim() !== "" ? `, saying: ${lastLine(banner)}` : "";
  return new DialFailure("network", `${networkSentence(error, target)}${word} (${wayOf(target)})`, { cause: error });
}

function lastLine(text: string): string {
  return (text.trim().split("\n").pop() ?? "").trim().slice(0, 200);
}

function loginSentence(
  target: Target,
  { names, unusable }: { names: readonly string[]; unusable: readonly string[] },
): string {
  const passedOver = unusable.length === 0 ? "" : `; ${unusable.join("; ")}`;
  const tried = names.length === 0 ? "nothing to log in with was given" : `${names.join(", ")} refused`;
  return `${tried} for user ${target.user}${passedOver}; give privateKey, privateKeyPath or password, in the connection or as stack config overlaynet:privateKeyPath …, or load the key into ssh-agent`;
}

function networkSentence(error: Error & { code?: string; level?: string }, target: Target): string {
  switch (error.code) {
    case "ECONNREFUSED":
      return `connection refused: no sshd on port ${target.port}`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "no route to it, or it is down";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the name ${target.host} cannot be resolved`;
    case "ECONNRESET":
    case "EPIPE":
      return closed;
    default:
      if (error.level === "protocol" && error.message === "Connection lost before handshake")
        return "it hung up without a word: too many log-ins at once there (MaxStartups), or no sshd";
      if (error.level === "client-timeout") return `no answer within ${target.perDialTimeout / 1000} s`;
      return messageOf(error);
  }
}
