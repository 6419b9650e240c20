import type { Expected, HostProblem, OverlayInspection } from "@overlaynet/core/operator/index";
import type { Problem } from "../document/problem.js";
import type { StatusContainer } from "../document/status.js";
import type { Gathered } from "../gather.js";
import type { HostLook } from "./look.js";

const up = "`pulumi up`";
const mendDrift = "`pulumi refresh` shows it as a change, `pulumi up` mends it";

/** Everything that is wrong, each with what to do about it. */
export function problemsOf(
  looks: readonly Gathered<HostLook>[],
  containers: readonly StatusContainer[],
  expected: Expected | undefined,
): Problem[] {
  return [
    ...looks.flatMap((look) => problemsOfHost(look, expected)),
    ...containers.flatMap(({ state, host, overlay, name }): Problem[] => {
      if (state !== "missing") return [];
      const what = `container ${name} is in the stack's state and not on the host`;
      return [{ host, overlay, kind: "wrong", what, mend: mendDrift }];
    }),
  ];
}

function problemsOfHost(look: Gathered<HostLook>, expected: Expected | undefined): Problem[] {
  const host = look.host.name;
  if (look.problem !== undefined) return [problemOfHost(host, look.problem)];
  const seen = look.value.inspection.overlays;
  const lost = [...(expected?.overlays ?? [])]
    .filter(([overlay, hosts]) => hosts.includes(host) && !seen.some((one) => one.overlay === overlay))
    .map(([overlay]): Problem => {
      return {
        host,
        overlay,
        kind: "wrong",
        what: `overlay ${overlay} is in the stack's state and not on the host`,
        mend: mendDrift,
      };
    });
  return [...lost, ...seen.flatMap((one) => problemsOfOverlay(host, one))];
}

/** A host that could not be asked, or could not do it. */
export function problemOfHost(host: string, { kind, message: what }: HostProblem): Problem {
  if (kind === "failed") return { host, kind: "wrong", what, mend: "look on the host: `journalctl -e`" };
  const mend =
    kind === "unreachable"
      ? "see that it is up and answers `ssh`; what it held before goes on working"
      : "the sentence says what it wants";
  return { host, kind: "unreachable", what, mend };
}

function problemsOfOverlay(host: string, one: OverlayInspection): Problem[] {
  const { overlay, spec, resolver, damaged, failures } = one;
  const problem = (what: string, mend: string): Problem => ({ host, overlay, kind: "wrong", what, mend });
  const problems: Problem[] = [];
  const unit = `overlaynet-resolver@${overlay}`;
  if (spec === undefined && damaged.length === 0) {
    problems.push(
      problem("parts of the overlay are here and the overlay is not", `${up} finishes what was interrupted`),
    );
  }
  if (!resolver.running && spec !== undefined) {
    const last = resolver.lastLine === "" ? "" : ` (${resolver.lastLine})`;
    const mend = `on ${host}: \`systemctl restart ${unit}\`, \`journalctl -u ${unit}\` says why it ended; known peers keep talking meanwhile`;
    problems.push(problem(`no resolver runs${last}`, mend));
  }
  if (resolver.running) {
    if (resolver.outdated) {
      problems.push(
        problem("its resolver runs from an older agent", `on ${host}: \`systemctl restart ${unit}\`, or ${up}`),
      );
    }
    for (const complaint of resolver.complaints) {
      problems.push(
        problem(`record ignored: ${complaint}`, "correct or delete the file; its last good value is used until then"),
      );
    }
    const failed = sum(resolver.misses, / failed$/);
    if (failed > 0) {
      problems.push(
        problem(
          `${failed} misses could not be answered, the kernel refused the entries`,
          `on ${host}: \`journalctl -u ${unit}\` says which`,
        ),
      );
    }
  }
  for (const file of damaged) problems.push(problem(file, "as the sentence says"));
  for (const failure of failures)
    problems.push(problem(`could not be looked at: ${failure}`, `on ${host}: \`journalctl -e\``));
  // Without a resolver its unit is no surprise.
  const drift = one.drift.filter((words) => resolver.running || !words.startsWith(`${unit}.service`));
  for (const words of drift) problems.push(problem(words, mendDrift));
  for (const { name, drift: own } of one.containers) {
    for (const words of own) problems.push(problem(`container ${name}: ${words}`, mendDrift));
  }
  return problems;
}

function sum(misses: Readonly<Record<string, number>>, pattern: RegExp): number {
  return Object.entries(misses).reduce((all, [key, times]) => (pattern.test(key) ? all + times : all), 0);
}
