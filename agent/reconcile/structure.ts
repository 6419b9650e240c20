import {
  type Desired,
  driftOf,
  type KernelObject,
  type Mark,
  namespacesOf,
  objectsOf,
  type Plan,
  plan,
  portNamespacesOf,
  rootNamespace,
  type Step,
  type Target,
} from "@overlaynet/core";
import { keepingForeignNeighbours } from "./foreign-neighbours.js";
import { observe, observeAll, observeTables, type Namespaces, type Places, type Seen } from "./observation.js";
import { isKernelAtLeast } from "./requirements.js";
import { type Interest, type Ran, runSteps } from "./run-plan.js";
import { freeVni, isVniHeld } from "./held-vni.js";

/** What a host's kernel is asked to hold of one overlay. */
export interface Wanted {
  readonly overlay: string;
  /** All desired files of the overlay, as they are to be. */
  readonly desired: readonly Desired[];
  /** The same as the host had accepted before. */
  readonly previous: readonly Desired[];
  /** Marks of objects that may take over what nobody owns. */
  readonly adopt: ReadonlySet<Mark>;
  /** Resources whose desired file cannot be read: what is theirs stays as it is. */
  readonly unreadable: readonly Target[];
  /** The only namespaces to look at, the root one for its filter alone; undefined for all that the desired states name; `all` for every one of the host. */
  readonly scope: readonly string[] | "all" | undefined;
}

/** What became of an overlay's structure. */
export interface Structure {
  /** Steps begun, by the resource they were for. */
  readonly steps: ReadonlyMap<Mark, number>;
  /** What was not as the plan found it to be wanted, by resource, in words. */
  readonly drift: ReadonlyMap<Mark, readonly string[]>;
  /** Why a resource is not as asked, a sentence each. */
  readonly failures: ReadonlyMap<Mark, string>;
}

/** What was seen of a host, and what would be done. */
export interface Planned {
  readonly seen: Seen;
  readonly plan: Plan;
}

/** Looks, and says what would be done. */
export async function planStructure(host: Places, wanted: Wanted): Promise<Planned> {
  const seen = await look(host, wanted);
  return { seen, plan: planFrom(wanted, seen) };
}

/** The plan from what was seen already. */
export function planFrom(wanted: Wanted, { namespaces, tables }: Seen): Plan {
  const { overlay, adopt, unreadable } = wanted;
  const spared = new Set(unreadable.flatMap((target) => (target.kind === "container" ? [target.name] : [])));
  return plan({
    overlay,
    desired: objectsOf(wanted.desired),
    previous: objectsOf(wanted.previous),
    observation: namespaces,
    tables,
    adopt,
    spared,
    renamesLive: isKernelAtLeast([6, 2]),
  });
}

/** Looks at what the overlay's objects are in. */
export async function look(host: Places, wanted: Wanted): Promise<Seen> {
  const [desired, previous] = [objectsOf(wanted.desired), objectsOf(wanted.previous)];
  const objects = [...desired, ...previous];
  const { scope } = wanted;
  const isAsked = (namespace: string): boolean => {
    if (!Array.isArray(scope)) return true;
    // Containers here are nothing to the filter of the underlay: a process less for each batch of them.
    return scope.includes(namespace) || (namespace === rootNamespace && filterTexts(desired) !== filterTexts(previous));
  };
  const [namespaces, tables] = await Promise.all([
    lookAtNamespaces(host, scope, objects),
    observeTables(host, wanted.overlay, objects, isAsked),
  ]);
  return { namespaces, tables };
}

function lookAtNamespaces(host: Places, scope: Wanted["scope"], objects: readonly KernelObject[]): Promise<Namespaces> {
  if (scope === "all") return observeAll(host, objects);
  const names = scope?.filter((name) => name !== rootNamespace) ?? namespacesOf(objects);
  return observe(host, names, portNamespacesOf(objects));
}

/** Tables of the root namespace as a text: a record alone changes them when its VTEP is a new one. */
function filterTexts(objects: readonly KernelObject[]): string {
  return JSON.stringify(objects.filter(({ kind, namespace }) => kind === "filter" && namespace === rootNamespace));
}

/** How long to wait for the kernel to free a VNI whose namespace or device has just gone, in milliseconds. */
const vniPatience = 5000;

/**
 * Runs a plan, looks again, and says what became of it. What the second look finds undone is a failure even when no command complained: observation decides.
 */
export async function runStructure(host: Places, wanted: Wanted, first: Planned): Promise<Structure> {
  const { runner, paths } = host;
  const steps = new Map<Mark, number>();
  const failures = new Map<Mark, string>();
  const deadline = performance.now() + vniPatience;
  for (let now = first; ;) {
    failures.clear();
    const { steps: planned } = now.plan;
    const interest = interestOf(wanted, now);
    const ran = await keepingForeignNeighbours(runner, planned, () => runSteps(runner, planned, interest));
    for (const step of planned) steps.set(step.mark, (steps.get(step.mark) ?? 0) + 1);
    for (const [step, message] of ran.failures) if (!failures.has(step.mark)) failures.set(step.mark, message);
    const after = await lookAgain(host, wanted, now, ran);
    if (isVniHeld(ran.failures)) {
      const sentences = await freeVni(runner, paths.netns, wanted.overlay, ran.failures);
      for (const [mark, sentence] of sentences) failures.set(mark, sentence);
      // Taking a namespace down is asynchronous and frees its VNI late (reference: net/core/net_namespace.c, cleanup_net).
      if (sentences.size === 0 && performance.now() < deadline) {
        now = after;
        continue;
      }
    }
    for (const step of after.plan.steps) if (!failures.has(step.mark)) failures.set(step.mark, undone(step));
    for (const { mark, message } of after.plan.conflicts) failures.set(mark, message);
    return { steps, drift: driftByMark(first.plan), failures };
  }
}

/** What has to be seen after a plan was run: where it worked. Nothing that a process in one namespace can show when something is deleted, which others may feel. */
function interestOf(wanted: Wanted, { seen, plan: { steps } }: Planned): Interest {
  const deletes = steps.some(({ op }) => op === "delete");
  const objects = steps.flatMap((step) => (deletes || step.op === "delete" ? [] : [step.object]));
  const ports = portNamespacesOf([...objectsOf(wanted.desired), ...objectsOf(wanted.previous)]);
  const touched = namespacesOf(objects).filter((name) => seen.namespaces.has(name));
  return { namespaces: new Set(touched), withPorts: new Set(ports) };
}

/** Looks where a plan has worked and no process has shown it yet; everywhere, when something was deleted or failed. What was not touched is as it was seen. */
async function lookAgain(host: Places, wanted: Wanted, before: Planned, ran: Ran): Promise<Planned> {
  const { steps } = before.plan;
  if (steps.length === 0) return before;
  if (ran.failures.size > 0 || steps.some(({ op }) => op === "delete")) return planStructure(host, wanted);
  const { namespaces, withPorts } = interestOf(wanted, before);
  const unseen = [...namespaces].filter((name) => !ran.seen.has(name));
  const filtered = new Set<string>(steps.flatMap(({ object }) => (isInTable(object) ? [object.namespace] : [])));
  const objects = [...objectsOf(wanted.desired), ...objectsOf(wanted.previous)];
  const [others, tables] = await Promise.all([
    observe(host, unseen, [...withPorts]),
    observeTables(host, wanted.overlay, objects, (namespace) => filtered.has(namespace)),
  ]);
  const seen = {
    namespaces: new Map([...before.seen.namespaces, ...ran.seen, ...others]),
    tables: new Map([...before.seen.tables, ...tables]),
  };
  return { seen, plan: planFrom(wanted, seen) };
}

function isInTable({ kind }: Step["object"]): boolean {
  return kind === "filter" || kind === "guard" || kind === "guard-element";
}

/** The words of a plan for each resource that has any. */
export function driftByMark(found: Plan): Map<Mark, string[]> {
  const marks = new Set([...found.steps, ...found.conflicts].map(({ mark }) => mark));
  return new Map([...marks].map((mark) => [mark, driftOf(found, mark)]));
}

function undone(step: Step): string {
  const what = step.drift.length > 0 ? step.drift.join("; ") : `${step.op} ${step.object.kind} has had no effect`;
  return `the host is not as asked after all steps were run: ${what}`;
}
