import { ContainerSpec, type Desired, ipFromNumber, ipToNumber, macOfIp, OverlaySpec, parseIp } from "@overlaynet/core";
import fc from "fast-check";

/** The name of the overlay that all generated states are of. */
export const overlay = "lab";

const hosts = { a: "192.168.64.27", b: "192.168.64.28" };
const names = ["red", "green", "pink", "blue", "grey"];

const overlaySpec = fc
  .record({
    vni: fc.constantFrom(42, 43),
    network: fc.constantFrom("7.7.7.0/24", "7.7.7.0/25", "7.7.0.0/16", "11.11.11.0/24"),
    gatewayPart: fc.constantFrom(1, 9, 126),
    port: fc.constantFrom(4789, 8472),
    mtu: fc.constantFrom(1400, 1450, 1500),
    namespace: fc.constantFrom("overns", "ov2"),
    bridge: fc.constantFrom("br0", "br1", "averylongbridge"),
    device: fc.constantFrom("vxlan1", "vx2"),
    learning: fc.boolean(),
    local: fc.constantFrom("192.168.64.27", "192.168.64.29"),
  })
  .map(({ network, gatewayPart, local, ...rest }) =>
    OverlaySpec.parse({
      ...rest,
      kind: "overlay",
      overlay,
      overlayId: "lab-1f",
      host: "a",
      hosts: { ...hosts, a: local },
      cidr: network,
      gateway: at(network, gatewayPart),
      resolve: "push",
      storage: "/var/lib/overlaynet/lab/records",
      leaving: false,
    }),
  );

const containerChoice = fc.record({
  name: fc.constantFrom(...names),
  part: fc.integer({ min: 2, max: 7 }),
  mac: fc.option(fc.constantFrom("02:42:c0:a8:00:04", "02:42:c0:a8:00:05", "02:42:c0:a8:00:06")),
  mtu: fc.constantFrom(1300, 1400, 1450),
  interface: fc.constantFrom("eth0", "net0", "alonginterface1"),
  gateway: fc.boolean(),
  host: fc.constantFrom("a", "a", "a", "b"),
  uid: fc.constantFrom("u1", "u2"),
});

/** What a host may be asked of one overlay: the overlay, and some containers of different names, addresses and MACs. */
export const desiredState: fc.Arbitrary<Desired[]> = fc
  .record({
    spec: overlaySpec,
    containers: fc.uniqueArray(containerChoice, {
      maxLength: 5,
      comparator: (one, other) =>
        one.name === other.name || one.part === other.part || (one.mac !== null && one.mac === other.mac),
    }),
  })
  .map(({ spec, containers }) => [
    file("u0", spec),
    ...containers.map(({ part, mac, uid, ...rest }) => {
      const ip = parseIp(at(spec.cidr, part));
      return file(
        uid,
        ContainerSpec.parse({
          ...rest,
          kind: "container",
          overlay,
          overlayId: "lab-1f",
          vtep: Object.entries(spec.hosts).find(([name]) => name === rest.host)?.[1],
          ip,
          mac: mac ?? macOfIp(ip),
        }),
      );
    }),
  ]);

/** A desired file of an owner. */
export function file(uid: string, spec: Desired["spec"]): Desired {
  return { schemaVersion: 1, owner: { uid, project: "p", stack: "s", resource: "r" }, generation: 1, spec };
}

function at(network: string, part: number): string {
  const [base = ""] = network.split("/");
  return ipFromNumber(ipToNumber(parseIp(base)) + part);
}
