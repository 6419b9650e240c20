import { ContainerSpec, type Desired, type Ip, macOfIp, OverlaySpec, parseIp, type Spec } from "@overlaynet/core";

/** The overlay that scenarios and generated states are of. */
export const overlay = "lab";

const hosts = { a: "192.168.64.27", b: "192.168.64.28" };

/** A desired file; owners differ by uid alone. */
export function file(uid: string, spec: Spec): Desired {
  return { schemaVersion: 1, owner: { uid, project: "p", stack: "s", resource: "r" }, generation: 1, spec };
}

/** The overlay of the demonstration as host a is asked for it, but for what is given. */
export function overlayFile(given: Record<string, unknown> = {}): Desired {
  return file(
    "u0",
    OverlaySpec.parse({
      kind: "overlay",
      overlay,
      overlayId: "lab-1f",
      host: "a",
      hosts,
      vni: 42,
      cidr: "7.7.7.0/24",
      gateway: "7.7.7.1",
      port: 4789,
      mtu: 1450,
      namespace: "overns",
      bridge: "br0",
      device: "vxlan1",
      learning: false,
      resolve: "push",
      storage: "/var/lib/overlaynet/lab/records",
      leaving: false,
      ...given,
    }),
  );
}

/** A container on host a, but for what is given. */
export function containerFile(name: string, address: string, given: Record<string, unknown> = {}): Desired {
  const ip: Ip = parseIp(address);
  const spec = ContainerSpec.parse({
    kind: "container",
    overlay,
    overlayId: "lab-1f",
    name,
    host: "a",
    vtep: given["host"] === "b" ? hosts.b : hosts.a,
    ip,
    mac: macOfIp(ip),
    mtu: 1450,
    interface: "eth0",
    gateway: false,
    ...given,
  });
  return file(`u-${name}`, spec);
}

/** The same with a prefix before the names of all namespaces, for a machine that others use too. */
export function renamed(files: readonly Desired[], prefix: string): Desired[] {
  return files.map(({ spec, ...rest }) => {
    if (spec.kind === "overlay") {
      return { ...rest, spec: OverlaySpec.parse({ ...spec, namespace: `${prefix}${spec.namespace}` }) };
    }
    if (spec.kind === "container")
      return { ...rest, spec: ContainerSpec.parse({ ...spec, name: `${prefix}${spec.name}` }) };
    return { ...rest, spec };
  });
}
