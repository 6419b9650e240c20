import { portName } from "@overlaynet/core";
import { parseCidr, parseIp } from "@overlaynet/core/model/index";
import type { LinkInspection, OverlayInspection } from "@overlaynet/core/operator/index";
import type { Said } from "./scene.js";

/** A device that has counted something, `seed` of it. */
export function link(
  namespace: string,
  name: string,
  seed: number,
  more: Partial<LinkInspection> = {},
): LinkInspection {
  return {
    namespace,
    name,
    index: seed,
    kind: "veth",
    up: true,
    mtu: 1450,
    received: { packets: 3 * seed, bytes: 1234 * seed, errors: 0, dropped: 0 },
    sent: { packets: 2 * seed, bytes: 567 * seed * seed, errors: 0, dropped: 0 },
    ...more,
  };
}

/** The devices of an overlay on a host where all is as it should be. */
export function wellLinks({ spec, containers }: OverlayInspection): LinkInspection[] {
  if (spec === undefined) return [];
  const { namespace, bridge, device, cidr } = spec;
  const lo = (where: string): LinkInspection => link(where, "lo", 1, { kind: "", mtu: 65_536 });
  return [
    lo(namespace),
    link(namespace, bridge, 2, { kind: "bridge" }),
    link(namespace, device, 3, { kind: "vxlan", master: bridge }),
    ...containers.flatMap(({ name, ip, mac }, place) => {
      const [port, inside] = [10 + 2 * place, 11 + 2 * place];
      const outer = portName(parseCidr(cidr), parseIp(ip));
      return [
        link(namespace, outer, port, { master: bridge, peer: inside }),
        lo(name),
        link(name, "eth0", inside, { mac, peer: port }),
      ];
    }),
  ];
}

/** A host that also tells its devices and where its differences are, as agents of today do. */
export function withLinks(said: Said, change: (overlay: OverlayInspection) => OverlayInspection = (one) => one): Said {
  const { inspection } = said;
  if (inspection === undefined) return said;
  const overlays = inspection.overlays.map((one) => change({ ...one, links: wellLinks(one), differences: [] }));
  return { ...said, inspection: { ...inspection, overlays } };
}
