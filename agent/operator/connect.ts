import type { ConnectResult, OperatorRequest } from "@overlaynet/core/operator/index";
import { Socket } from "node:net";
import { join } from "node:path";
import { inNamespace, streamSocket } from "../netlink/index.js";
import type { Host } from "../reconcile/host.js";
import { containerHere } from "./probe.js";

type Connect = Extract<OperatorRequest, { op: "connect" }>;

/** Connects from a container of this host by TCP, as a program in it would. @throws Error a sentence */
export function connect(host: Host, { overlay, container, address, port, wait }: Connect): Promise<ConnectResult> {
  const { name } = containerHere(host, overlay, container);
  const fd = inNamespace(join(host.paths.netns, name), streamSocket);
  // Reading would begin at once, before there is a connection.
  const socket = new Socket({ fd, readable: false, writable: true });
  const since = performance.now();
  return new Promise((resolve) => {
    const end = (outcome: ConnectResult["outcome"], reason = ""): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ outcome, reason, milliseconds: Math.round((performance.now() - since) * 100) / 100 });
    };
    const timer = setTimeout(end, wait, "silent");
    socket.once("connect", () => {
      end("open");
    });
    socket.once("error", ({ code = "", message }: NodeJS.ErrnoException) => {
      if (code === "ECONNREFUSED") end("refused");
      else end("failed", code || message);
    });
    socket.connect({ host: address, port });
  });
}
