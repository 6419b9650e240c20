import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UsageError } from "@overlaynet/core/operator/index";
import { htmlPage, type PageParts } from "./html.js";

/** A page that is served on this machine and follows what its server is told. */
export interface LivePage {
  /** Where a browser finds it. */
  readonly url: string;
  /** Sends new contents to all that look; those who come later get the last. */
  show(parts: PageParts): void;
  close(): Promise<void>;
}

/** The only address: the page says more of a network than everybody needs to know. */
const address = "127.0.0.1";

/**
 * Serves a page on this machine's loopback address: `/`, and `/events`, its contents whenever they change, as server-sent events (html.spec.whatwg.org, section 9.2).
 *
 * @param port zero: any that is free
 * @throws UsageError when the port is taken
 */
export async function servePage(title: string, first: PageParts, port: number): Promise<LivePage> {
  let parts = first;
  const looking = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (!isMeant(request)) {
      response.writeHead(403, plain).end("This page is for this machine alone.\n");
      return;
    }
    if (request.url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream", ...common });
      response.write(event(parts));
      looking.add(response);
      response.on("close", () => looking.delete(response));
      return;
    }
    if (request.url !== "/") {
      response.writeHead(404, plain).end("There is nothing here but /\n");
      return;
    }
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...common });
    response.end(htmlPage(title, parts, "served"));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(new UsageError(`--serve: ${error.message}`));
    });
    server.listen(port, address, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${address}:${taken}/`,
    show: (next) => {
      parts = next;
      for (const response of looking) response.write(event(next));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

const common = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
const plain = { "content-type": "text/plain; charset=utf-8", ...common };

/** Only who asks for this very address: a name that somebody else makes lead here (DNS rebinding) is not ours. */
function isMeant({ headers: { host }, method }: IncomingMessage): boolean {
  return (method === "GET" || method === "HEAD") && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host ?? "");
}

function event(parts: PageParts): string {
  return `data: ${JSON.stringify(parts)}\n\n`;
}
