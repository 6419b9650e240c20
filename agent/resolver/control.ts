import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Listen, streamMisses } from "./miss-stream.js";

/** What the control socket offers. */
export interface ControlHandlers {
  /** @throws Error whose message is a sentence */
  readonly sync: () => unknown;
  readonly status: () => unknown;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly listen: Listen;
}

/**
 * HTTP on a unix socket: GET /status and GET /metrics to look, GET /misses (with ?raw the kernel's messages too) to be told of misses as they come, POST /sync for whoever has written records and
 * wants the kernel to hold them. Only its owner, and root, can connect.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #path: string;
  /** Answers that have no end of their own. */
  readonly #streams: ReadonlySet<ServerResponse>;

  private constructor(server: Server, path: string, streams: ReadonlySet<ServerResponse>) {
    this.#server = server;
    this.#path = path;
    this.#streams = streams;
  }

  /** Takes the place of a socket that a killed resolver left. @throws an error of the system when the path cannot be listened on */
  static async listen(path: string, handlers: ControlHandlers): Promise<ControlServer> {
    const streams = new Set<ServerResponse>();
    const endless = (response: ServerResponse): void => {
      streams.add(response);
      response.once("close", () => streams.delete(response));
    };
    const server = createServer((request, response) => {
      respond(request, response, handlers, endless).catch((error: unknown) => {
        send(
          response,
          500,
          "application/json",
          JSON.stringify({ error: error instanceof Error ? error.message : error }),
        );
      });
    });
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
    return new ControlServer(server, path, streams);
  }

  close(): void {
    this.#server.close();
    for (const stream of this.#streams) stream.destroy();
    // Not all: an answer that is under way still goes out.
    this.#server.closeIdleConnections();
    rmSync(this.#path, { force: true });
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: ControlHandlers,
  endless: (response: ServerResponse) => void,
): Promise<void> {
  // Nothing is read from a request's body; without this a client that sends one would wait.
  request.resume();
  switch (`${request.method ?? ""} ${request.url ?? ""}`) {
    case "POST /sync":
      send(response, 200, "application/json", JSON.stringify(handlers.sync()));
      break;
    case "GET /status":
      send(response, 200, "application/json", JSON.stringify(handlers.status()));
      break;
    case "GET /metrics": {
      const { contentType, text } = await handlers.metrics();
      send(response, 200, contentType, text);
      break;
    }
    case "GET /misses":
    case "GET /misses?raw":
      endless(response);
      streamMisses(response, request.url === "/misses?raw", handlers.listen);
      break;
    default:
      send(
        response,
        404,
        "application/json",
        JSON.stringify({ error: "there are GET /status, GET /metrics, GET /misses, POST /sync" }),
      );
  }
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
