import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** What the control socket offers. */
export interface ControlHandlers {
  /** @throws Error whose message is a sentence */
  readonly sync: () => unknown;
  readonly status: () => unknown;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/**
 * HTTP on a unix socket: GET /status and GET /metrics to look, POST /sync for whoever has written records and wants the kernel to hold
 * them. Only its owner, and root, can connect.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #path: string;

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
  }

  /** Takes the place of a socket that a killed resolver left. @throws an error of the system when the path cannot be listened on */
  static async listen(path: string, handlers: ControlHandlers): Promise<ControlServer> {
    const server = createServer((request, response) => {
      respond(request, response, handlers).catch((error: unknown) => {
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
    return new ControlServer(server, path);
  }

  close(): void {
    this.#server.close();
    // Not all: an answer that is under way still goes out.
    this.#server.closeIdleConnections();
    rmSync(this.#path, { force: true });
  }
}

async function respond(request: IncomingMessage, response: ServerResponse, handlers: ControlHandlers): Promise<void> {
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
    default:
      send(
        response,
        404,
        "application/json",
        JSON.stringify({ error: "there are GET /status, GET /metrics, POST /sync" }),
      );
  }
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
