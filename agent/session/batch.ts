import { type Desired, type Mark, markOf, targetOf } from "@overlaynet/core";
import type { ApplyResult, FailureCode } from "@overlaynet/core/protocol";
import { HostBusy, withHostLock } from "../lock/host-lock.js";
import { dismantle, leaveHost } from "../reconcile/dismantle.js";
import type { Host } from "../reconcile/host.js";
import { type OverlayOutcome, reconcileOverlay } from "../reconcile/overlay.js";
import type { Requirements } from "../reconcile/requirements.js";
import { planFrom, type Planned, planStructure } from "../reconcile/structure.js";
import { gatherFacts } from "./facts.js";
import { type Change, type HostFacts, judge, type Judgement, type Verdict } from "./judge.js";
import { type OverlayBatch, overlayBatch, overlaysIn } from "./overlay-batch.js";
import type { BatchRequest, Outcome } from "./queue.js";
import { readResources } from "./read.js";
import type { Notify } from "./session.js";
import { hostStatus } from "./status.js";

/** Runs the batches of one session. */
export class HostBatches {
  readonly #host: Host;
  readonly #requirements: Requirements;
  readonly #notify: Notify;
  #changed = false;

  constructor(host: Host, requirements: Requirements, notify: Notify) {
    this.#host = host;
    this.#requirements = requirements;
    this.#notify = notify;
  }

  /**
   * To be called when the client has gone: from a host that has no overlay any more the agent goes as well. Not at once with the last overlay, because an overlay that is replaced is deleted first,
   * and its successor would have to upload the agent again.
   *
   * @throws HostBusy when somebody else works there; they will see to it then
   */
  async leave(): Promise<void> {
    if (!this.#changed) return;
    await withHostLock(this.#host.paths, { holder: "the end of a session" }, () => leaveHost(this.#host, true));
  }

  /** Validate, persist, run; every request has its own outcome. */
  async run(requests: readonly BatchRequest[]): Promise<readonly Outcome[]> {
    const first = requests.find((request) => "owner" in request);
    const holder = first === undefined ? "a look at the host" : `${first.owner.project}/${first.owner.stack}`;
    const onWaiting = ({ holder: by, pid, since }: { holder: string; pid: number; since: string }): void => {
      this.#notify({ event: "waiting", holder: `${by} (process ${pid})`, since });
    };
    try {
      return await withHostLock(this.#host.paths, { holder, onWaiting }, () => this.#runLocked(requests));
    } catch (error) {
      // Nothing was begun, so the host is untouched.
      if (error instanceof HostBusy) return requests.map(() => failure("refused", error.message));
      throw error;
    }
  }

  async #runLocked(requests: readonly BatchRequest[]): Promise<readonly Outcome[]> {
    const changes = requests.filter((request) => request.op === "apply" || request.op === "remove");
    const outcomes = new Map<BatchRequest, Outcome>();
    const done = await this.#change(changes);
    changes.forEach((change, index) => outcomes.set(change, done[index] ?? lost));
    const reads = requests.filter((request) => request.op === "read");
    const read = await readResources(this.#host, reads);
    reads.forEach((request, index) => outcomes.set(request, read[index] ?? lost));
    for (const request of requests) {
      if (request.op === "status") outcomes.set(request, { ok: true, result: await hostStatus(this.#host) });
    }
    this.#changed ||= changes.length > 0;
    // A batch that was refused leaves a host without overlays as it was, too.
    await leaveHost(this.#host, false);
    return requests.map((request) => outcomes.get(request) ?? lost);
  }

  async #change(changes: readonly Change[]): Promise<Outcome[]> {
    if (changes.length === 0) return [];
    const unmet = changes.some(({ op }) => op === "apply") ? await this.#requirements.unmet() : [];
    const stored = this.#host.store.readAll();
    const facts = await gatherFacts(this.#host, unmet, changes, stored.desired, this.#requirements);
    let judgement = judge(changes, stored, facts);
    const split = (): OverlayBatch[] =>
      overlaysIn(accepted(changes, judgement)).map((name) =>
        overlayBatch(this.#host.paths, name, changes, judgement, stored),
      );
    const planned = new Map<string, Planned>();
    try {
      for (const batch of split()) planned.set(batch.overlay, await planStructure(this.#host, batch.wanted));
    } catch (error) {
      // What cannot be looked at cannot be judged; nothing is persisted or changed yet.
      return changes.map(() => failure("refused", messageOf(error)));
    }
    // What stands under a name on the host is a reason to refuse, like another desired state: seen before anything is persisted.
    const obstacles = obstaclesOf(planned);
    if (obstacles.size > 0) judgement = judge(changes, stored, withObstacles(facts, obstacles));
    try {
      this.#persist(judgement);
    } catch (error) {
      // All or nothing: a disk that is full is met before anything is begun.
      return changes.map(() => failure("refused", messageOf(error)));
    }
    const outcomes = changes.map((_, index) => refusal(judgement.verdicts[index]));
    for (const batch of split()) {
      const seen = planned.get(batch.overlay)?.seen ?? { namespaces: new Map(), tables: new Map() };
      const settle = batch.goes ? await this.#dismantle(batch) : await this.#reconcile(batch, seen);
      changes.forEach((change, index) => {
        const verdict = judgement.verdicts[index];
        const overlay = change.op === "apply" ? change.spec.overlay : change.target.overlay;
        if (verdict !== undefined && overlay === batch.overlay) outcomes[index] ??= settle(verdict, change);
      });
    }
    return outcomes.map((outcome) => outcome ?? lost);
  }

  #persist(judgement: Judgement): void {
    this.#host.store.put(
      ...judgement.verdicts.flatMap((verdict) => (verdict.kind === "apply" ? [verdict.desired] : [])),
    );
    for (const { spec } of judgement.superseded) this.#host.store.drop(targetOf(spec));
  }

  async #dismantle(batch: OverlayBatch): Promise<Settle> {
    try {
      await dismantle(this.#host, batch.overlay, batch.wanted.previous);
      return (verdict) => ({
        ok: true,
        result: verdict.kind === "apply" ? ({ steps: 1, repaired: [] } satisfies ApplyResult) : { removed: true },
      });
    } catch (error) {
      const outcome = failure("failed", messageOf(error));
      return () => outcome;
    }
  }

  async #reconcile(batch: OverlayBatch, seen: Planned["seen"]): Promise<Settle> {
    const { own, wanted, applied } = batch;
    if (own === undefined) throw new Error(`overlay ${batch.overlay} is to stay and has no desired state`);
    const planned = { seen, plan: planFrom(wanted, seen) };
    const change = { wanted, overlay: own, overlayMark: markOf(own.owner, own.spec), planned, applied };
    const outcome = await reconcileOverlay(this.#host, change);
    return (verdict, change) => {
      if (verdict.kind === "apply") return applyOutcome(verdict, outcome);
      if (verdict.kind !== "remove" || change.op !== "remove") return lost;
      const { previous } = verdict;
      const why = previous === undefined ? outcome.failure : whyFailed(previous, outcome);
      if (why !== undefined) return failure("failed", why);
      this.#host.store.drop(change.target);
      return { ok: true, result: { removed: true } };
    };
  }
}

/** What a request is answered when its overlay is done. */
type Settle = (verdict: Verdict, change: Change) => Outcome;

const lost = failure("failed", "this request was lost in its batch, a defect of the agent; run it again");

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failure(code: FailureCode, message: string): Outcome {
  return { ok: false, error: { code, message } };
}

function refusal(verdict: Verdict | undefined): Outcome | undefined {
  if (verdict?.kind === "refused") return { ok: false, error: verdict.failure };
  return verdict?.kind === "gone" ? { ok: true, result: { removed: false } } : undefined;
}

function accepted(changes: readonly Change[], { verdicts }: Judgement): Change[] {
  return changes.filter((_, index) => ["apply", "remove"].includes(verdicts[index]?.kind ?? ""));
}

/** Why a resource's objects cannot be made, by their mark. */
function obstaclesOf(planned: ReadonlyMap<string, Planned>): Map<Mark, string> {
  const obstacles = new Map<Mark, string>();
  for (const { plan } of planned.values()) {
    for (const { mark, message } of plan.conflicts) if (!obstacles.has(mark)) obstacles.set(mark, message);
  }
  return obstacles;
}

function withObstacles(facts: HostFacts, obstacles: ReadonlyMap<Mark, string>): HostFacts {
  return {
    realPath: (path) => facts.realPath(path),
    uninstalled: facts.uninstalled,
    obstacle: (request) =>
      facts.obstacle(request) ??
      (request.spec.kind === "neigh" ? undefined : obstacles.get(markOf(request.owner, request.spec))),
  };
}

function applyOutcome(verdict: Extract<Verdict, { kind: "apply" }>, outcome: OverlayOutcome): Outcome {
  const { desired, previous } = verdict;
  const why = whyFailed(desired, outcome);
  if (why !== undefined) return failure("failed", why);
  const { spec } = desired;
  const mark = markOfDesired(desired);
  const ownRecords = spec.kind === "overlay" ? [] : [`arp/${spec.ip}`, `fdb/${spec.mac}`];
  const records = outcome.records.written.filter((record) => ownRecords.includes(record));
  const structure = mark === undefined ? 0 : (outcome.structure.steps.get(mark) ?? 0);
  const steps = structure + records.length + (spec.kind === "overlay" ? outcome.otherSteps : 0);
  // Differences from something that was asked before already were made by others; those from something new are the work itself.
  const isRepair = JSON.stringify(previous?.spec) === JSON.stringify(spec);
  const drift = mark === undefined ? [] : (outcome.structure.drift.get(mark) ?? []);
  const repaired = isRepair ? [...drift, ...records.map((record) => `record ${record} written`)] : [];
  return { ok: true, result: { steps, repaired } satisfies ApplyResult };
}

/** Why a resource is not as asked: its own objects, or all of its overlay. */
function whyFailed(desired: Desired, outcome: OverlayOutcome): string | undefined {
  const mark = markOfDesired(desired);
  return (mark === undefined ? undefined : outcome.structure.failures.get(mark)) ?? outcome.failure;
}

function markOfDesired({ owner, spec }: Desired): Mark | undefined {
  return spec.kind === "neigh" ? undefined : markOf(owner, spec);
}
