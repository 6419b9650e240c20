import type { OperatorRequest } from "@overlaynet/core/operator/index";
import { withHostLock } from "../lock/host-lock.js";
import type { Host } from "../reconcile/host.js";
import type { Outcome } from "../session/queue.js";
import { editRecords } from "./edit-records.js";
import { examine } from "./examine.js";
import { collect } from "./collect.js";
import { inspect } from "./inspect.js";
import { connect } from "./connect.js";
import { pathFacts } from "./path.js";
import { probe } from "./probe.js";
import { monitor } from "./monitor.js";
import { tellRecords } from "./records.js";

/** Where the parts of an answer go, and the sign that nobody wants the rest. */
export interface Answering {
  readonly part: (part: unknown) => void;
  readonly signal: AbortSignal;
}

/** Answers an operator's request. Looks without the host's lock: what is being changed meanwhile may be seen half done, and `inspect` says that somebody works. @throws Error a sentence */
export async function answerOperator(host: Host, request: OperatorRequest, to: Answering): Promise<Outcome> {
  return { ok: true, result: await answer(host, request, to) };
}

function answer(host: Host, request: OperatorRequest, to: Answering): unknown {
  switch (request.op) {
    case "inspect":
      return inspect(host, request.overlay);
    case "records":
      return tellRecords(host, request, to.part);
    case "path":
      return pathFacts(host, request);
    case "connect":
      return connect(host, request);
    case "probe":
      return probe(host, request, to);
    case "monitor":
      return monitor(host, request, to);
    case "examine":
      return examine(host, request.examination);
    case "collect":
      return collect(host, to);
    case "clock":
      return { now: performance.timeOrigin + performance.now() };
    case "editRecords":
      return withHostLock(host.paths, { holder: `records of overlay "${request.overlay}" by hand` }, () =>
        Promise.resolve(editRecords(host, request)),
      );
  }
}
