import { type Desired, ipFromNumber, ipToNumber, parseIp } from "@overlaynet/core";
import fc from "fast-check";
import { containerFile, overlayFile } from "../../model-kernel/specs.js";

const overlayChoice = fc
  .record({
    vni: fc.constantFrom(42, 43),
    cidr: fc.constantFrom("7.7.7.0/24", "7.7.7.0/25", "7.7.0.0/16", "11.11.11.0/24"),
    gatewayPart: fc.constantFrom(1, 9, 126),
    port: fc.constantFrom(4789, 8472),
    mtu: fc.constantFrom(1400, 1450, 1500),
    namespace: fc.constantFrom("overns", "ov2"),
    bridge: fc.constantFrom("br0", "br1", "net9", "averylongbridge"),
    device: fc.constantFrom("vxlan1", "vx2", "net9"),
    learning: fc.boolean(),
    allowUnknownVteps: fc.constantFrom(undefined, undefined, true),
    trustedVteps: fc.constantFrom(undefined, ["192.168.64.50"], ["192.168.64.50", "192.168.64.51"]),
    local: fc.constantFrom("192.168.64.27", "192.168.64.29"),
  })
  .filter(({ bridge, device }) => bridge !== device)
  .map(({ gatewayPart, local, ...given }) => ({
    ...given,
    gateway: at(given.cidr, gatewayPart),
    hosts: { a: local, b: "192.168.64.28" },
  }));

const containerChoice = fc.record({
  name: fc.constantFrom("red", "green", "pink", "blue", "grey"),
  part: fc.integer({ min: 2, max: 7 }),
  mac: fc.option(fc.constantFrom("02:42:c0:a8:00:04", "02:42:c0:a8:00:05", "02:42:c0:a8:00:06")),
  mtu: fc.constantFrom(1300, 1400, 1450),
  interface: fc.constantFrom("eth0", "net0", "alonginterface1"),
  gateway: fc.boolean(),
  allowSpoofing: fc.constantFrom(undefined, undefined, true),
  host: fc.constantFrom("a", "a", "a", "b"),
});

/** What a host may be asked of one overlay: the overlay, and some containers of different names, addresses and MACs. */
export const desiredState: fc.Arbitrary<Desired[]> = fc
  .record({
    chosen: overlayChoice,
    containers: fc.uniqueArray(containerChoice, {
      maxLength: 5,
      comparator: (one, other) =>
        one.name === other.name || one.part === other.part || (one.mac !== null && one.mac === other.mac),
    }),
  })
  .map(({ chosen, containers }) => [
    overlayFile(chosen),
    ...containers.map(({ name, part, mac, ...given }) =>
      containerFile(name, at(chosen.cidr, part), mac === null ? given : { ...given, mac }),
    ),
  ]);

function at(network: string, part: number): string {
  const [base = ""] = network.split("/");
  return ipFromNumber(ipToNumber(parseIp(base)) + part);
}
