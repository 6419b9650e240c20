import {
  type ContainerName,
  type HostProblem,
  type OperatorHost,
  type OperatorHosts,
  UsageError,
} from "@overlaynet/core/operator/index";
import { inspection } from "./ask.js";
import { fromAll } from "./gather.js";

/** A container, and the host it lives on. */
export interface Found {
  readonly host: OperatorHost;
  readonly container: ContainerName & { readonly ip: string };
}

/** A container by its name, or by its address: where it lives is what the stack's state says, else what hosts do. @throws UsageError when none or several are meant; HostProblem when it may be on a host that does not answer */
export async function findContainer(all: OperatorHosts, nameOrIp: string, overlay: string | undefined): Promise<Found> {
  const { hosts, expected, title } = all;
  const isMeant = ({ overlay: of, name, ip }: Found["container"]): boolean =>
    (name === nameOrIp || ip === nameOrIp) && (overlay ?? of) === of;
  const known = (expected?.containers ?? []).filter(isMeant).flatMap((container): Found[] => {
    const host = hosts.find((one) => one.name === container.host);
    return host === undefined ? [] : [{ host, container }];
  });
  if (known[0] !== undefined) return only(known, known[0], nameOrIp);
  const { found, silent } = await containersSeen(hosts, overlay);
  const those = found.filter(({ container }) => isMeant(container));
  if (those[0] !== undefined) return only(those, those[0], nameOrIp);
  if (silent[0] !== undefined) throw silent[0].problem;
  const names = [...new Set(found.map(({ container }) => container.name))].sort();
  throw new UsageError(`${title} has no container ${nameOrIp}; it has ${names.join(", ") || "none"}`);
}

/** The containers that hosts have, and the hosts that did not say. */
export async function containersSeen(
  hosts: readonly OperatorHost[],
  overlay: string | undefined,
): Promise<{ readonly found: Found[]; readonly silent: { host: string; problem: HostProblem }[] }> {
  const looks = await fromAll(hosts, async (host) => (await inspection(host, overlay)).overlays);
  const found = looks.flatMap((look) =>
    (look.problem === undefined ? look.value : []).flatMap(({ overlay: of, containers }) =>
      containers.map(({ name, ip }): Found => ({ host: look.host, container: { overlay: of, name, ip } })),
    ),
  );
  const silent = looks.flatMap(({ host, problem }) => (problem === undefined ? [] : [{ host: host.name, problem }]));
  return { found, silent };
}

function only(found: readonly Found[], first: Found, name: string): Found {
  if (found.length === 1) return first;
  const overlays = found.map(({ container }) => container.overlay).sort();
  throw new UsageError(`--overlay: expected one of ${overlays.join(", ")}, each has a container ${name}`);
}
