import { parseIp, parseMac } from "@overlaynet/core/model/index";
import type { Records, ResolverConfig } from "@overlaynet/core/records";
import type { KernelEntries } from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import { here } from "../../../unit/core/resolver/samples.js";
import { ipNumber, ips, macNumber, macs } from "./steps.js";

/** What somebody else puts into the tables, under keys that no record names, and again when the device lost it. */
export const strange = { ip: parseIp("7.7.7.200"), mac: parseMac("02:99:00:00:00:01"), vtep: parseIp("192.168.64.99") };

/** What must hold at the end, whatever happened before. Told here in other words than the sources'. */
export function expectInStep(
  { neighbours, forwarding }: KernelEntries,
  { arp, fdb }: Records,
  { learning, resolve }: ResolverConfig,
): void {
  expect(neighbours.get(ipNumber(strange.ip))).to.include({ mac: macNumber(strange.mac), own: false, permanent: true });
  expect(forwarding.get(macNumber(strange.mac))).to.include({
    vtep: ipNumber(strange.vtep),
    own: false,
    permanent: true,
  });
  for (const address of ips) {
    const found = neighbours.get(ipNumber(address));
    const recorded = address === "7.7.7.1" || address === "8.8.8.8" ? undefined : arp.get(address);
    const place = recorded && fdb.get(recorded);
    const wanted = place === here || (place === undefined && !learning) ? undefined : recorded;
    if (wanted === undefined) expect(found?.own ?? false, `${address} should not be ours`).to.equal(false);
    else if (found) expect(found, address).to.include({ mac: macNumber(wanted), permanent: true });
    else expect(resolve, `${address} should be there`).to.equal("miss");
  }
  for (const address of macs) {
    const found = forwarding.get(macNumber(address));
    const place = fdb.get(address);
    if (place === undefined || place === here) {
      expect(found?.own ?? false, `${address} should not be ours`).to.equal(false);
    } else if (found) {
      expect(found, address).to.include({ vtep: ipNumber(place), plain: true });
      if (!learning) expect(found.permanent, `${address} should stay`).to.equal(true);
      else expect(found.own, `${address} should be able to age`).to.equal(false);
    } else {
      expect(resolve === "miss" || learning, `${address} should be there`).to.equal(true);
    }
  }
}
