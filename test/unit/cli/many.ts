import type { RecordEntry } from "@overlaynet/core/operator/index";
import { withLinks } from "./links.js";
import { type Said, wellOverlay } from "./scene.js";

/** So many hosts with so many containers each, all well. */
export function manyHosts(hosts: number, containers: number): Said[] {
  const addresses = Object.fromEntries(
    Array.from({ length: hosts }, (_, host) => [`host-${host + 1}`, `192.168.64.${host + 10}`]),
  );
  const inner = (host: number): { name: string; ip: string; mac: string }[] =>
    Array.from({ length: containers }, (_, index) => {
      const number = 2 + host * containers + index;
      return {
        name: `c${number}`,
        ip: `7.7.7.${number}`,
        mac: `02:42:07:07:07:${number.toString(16).padStart(2, "0")}`,
      };
    });
  const records = Object.values(addresses).flatMap((vtep, host) =>
    inner(host).map((one): RecordEntry => ({ ...one, vtep, origin: "container" })),
  );
  return Object.entries(addresses).map(([name, address], host) =>
    withLinks({ name, address, inspection: { overlays: [wellOverlay(name, addresses, inner(host))] }, records }),
  );
}
