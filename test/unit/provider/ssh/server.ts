import { createConnection } from "node:net";
import type { AddressInfo } from "node:net";
import { Server, type ServerChannel, utils } from "ssh2";
import { keyPair } from "./keys.js";

/** What a test's SSH server lets in, and what its commands do. */
export interface ServerOptions {
  readonly publicKey?: string;
  readonly password?: string;
  readonly exec?: (command: string, channel: ServerChannel) => void;
  /** Closes so many connections before it says anything. */
  readonly drop?: number;
  /** Milliseconds that it takes to think about a password. */
  readonly slowly?: number;
}

/** A real SSH server in this process, on a port of its own. */
export interface TestServer {
  readonly port: number;
  /** As ssh-keyscan prints it. */
  readonly hostKey: string;
  /** How many connections came. */
  connections(): number;
  /** How many of them had not logged in yet, at most, at any time. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

/** Starts a server that also forwards, so that it can be a jump host. */
export async function startServer(options: ServerOptions): Promise<TestServer> {
  const host = keyPair();
  let connections = 0;
  let loggingIn = 0;
  let most = 0;
  const server = new Server({ hostKeys: [host.private] }, (client) => {
    connections += 1;
    client.on("error", () => undefined);
    if (connections <= (options.drop ?? 0)) {
      client.end();
      return;
    }
    loggingIn += 1;
    most = Math.max(most, loggingIn);
    client.once("ready", () => (loggingIn -= 1));
    client.on("authentication", (context) => {
      if (context.method === "password" && options.password !== undefined && context.password === options.password) {
        setTimeout(() => {
          context.accept();
        }, options.slowly ?? 0);
      } else if (context.method === "publickey" && options.publicKey !== undefined) {
        const allowed = utils.parseKey(options.publicKey);
        if (allowed instanceof Error || !context.key.data.equals(allowed.getPublicSSH())) context.reject();
        else if (context.signature === undefined || context.blob === undefined) context.accept();
        else if (allowed.verify(context.blob, context.signature, context.hashAlgo)) context.accept();
        else context.reject();
      } else context.reject(["publickey", "password"]);
    });
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        options.exec?.(command, acceptExec());
      });
    });
    client.on("tcpip", (accept, reject, { destIP, destPort }) => {
      const socket = createConnection(destPort, destIP);
      socket.on("error", reject);
      // A channel that is gone reads no more, and what nobody reads does not end.
      client.once("close", () => socket.destroy());
      socket.on("connect", () => {
        const channel = accept();
        socket.pipe(channel).pipe(socket);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const parsed = utils.parseKey(host.public);
  if (parsed instanceof Error) throw parsed;
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`,
    connections: () => connections,
    mostAtOnce: () => most,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
