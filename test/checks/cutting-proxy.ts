import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** When a {@link CuttingProxy} cuts. */
export interface Cut {
  /** After so many messages, both directions and all connections together. */
  readonly messages?: number;
  /** Or after so many bytes. */
  readonly bytes?: number;
  /** Whether the way stays closed afterwards: new connections end at once. Else one cut is all. */
  readonly stays: boolean;
}

/** Stands between an operator and the sshd of hosts, and ends every connection after so many messages. Has to be in a network that the hosts can be reached from. */
export class CuttingProxy {
  readonly #servers = new Map<string, Server>();
  readonly #sockets = new Set<Socket>();
  #cut: Cut | undefined;
  #closed = false;
  #hasCut = false;
  #messages = 0;
  #bytes = 0;

  /** Listens on a port of 127.0.0.1 for each host. */
  static async open(hosts: readonly { readonly name: string; readonly address: string }[]): Promise<CuttingProxy> {
    const proxy = new CuttingProxy();
    for (const { name, address } of hosts) {
      const server = createServer((client) => {
        proxy.#serve(client, address);
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      proxy.#servers.set(name, server);
    }
    return proxy;
  }

  /** Where a host is reached through it. */
  portOf(name: string): number {
    return (this.#servers.get(name)?.address() as AddressInfo).port;
  }

  /** What has passed since the last {@link begin}. A message is what came in one piece: with Nagle's algorithm off, what was sent at once. */
  get passed(): { readonly messages: number; readonly bytes: number } {
    return { messages: this.#messages, bytes: this.#bytes };
  }

  /** Whether it has cut since the last {@link begin}. */
  get hasCut(): boolean {
    return this.#hasCut;
  }

  /** Counts anew, and cuts as said; without a cut everything passes. */
  begin(cut?: Cut): void {
    this.#cut = cut;
    this.#closed = false;
    this.#hasCut = false;
    this.#messages = 0;
    this.#bytes = 0;
  }

  async close(): Promise<void> {
    this.#endAll();
    await Promise.all([...this.#servers.values()].map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #serve(client: Socket, address: string): void {
    if (this.#closed) {
      client.destroy();
      return;
    }
    const host = connect({ host: address, port: 22, noDelay: true });
    client.setNoDelay(true);
    for (const [from, to] of [
      [client, host],
      [host, client],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (piece) => {
        from.pause();
        to.write(piece, () => {
          this.#count(piece.length);
          from.resume();
        });
      });
      // Whatever ends one side ends the other; that it was an error is for the two ends to say.
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.end();
      });
    }
  }

  #count(bytes: number): void {
    this.#messages += 1;
    this.#bytes += bytes;
    const { messages = Infinity, bytes: most = Infinity, stays = false } = this.#cut ?? {};
    if (this.#hasCut || (this.#messages < messages && this.#bytes < most)) return;
    this.#hasCut = true;
    this.#closed = stays;
    this.#endAll();
  }

  #endAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
