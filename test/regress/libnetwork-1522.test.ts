/*
 * libnetwork#1522: the kernel's limit of neighbours (gc_thresh3, for all namespaces together) was reached by an overlay's entries, and every
 * container of the host lost its ARP. Here entries are permanent, which the limit does not count.
 */
import { readFileSync } from "node:fs";
import { applyRecords } from "@overlaynet/agent/records/index";
import { type Ip, macOfIp, parseIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { green, red } from "../sites/scene.js";
import { sceneForEach } from "../sites/suite.js";
import { skipBecause } from "../skip.js";

describe("libnetwork#1522: more entries than gc_thresh3", function () {
  this.timeout(120_000);
  const scene = sceneForEach({ resolve: "push" });
  const limit = Number(readFileSync("/proc/sys/net/ipv4/neigh/default/gc_thresh3", "utf8"));

  it("are all in the kernel, and containers still find each other", async function () {
    if (limit > 20_000) skipBecause(this, `gc_thresh3 is ${limit} here, and belongs to the whole machine`);
    const { a, b } = scene();
    const ips = Array.from({ length: limit + 500 }, (_, index) => parseIp(`7.7.${2 + (index >> 8)}.${index & 255}`));
    const arp = new Map(ips.map((ip) => [ip, macOfIp(ip)] as const));
    const fdb = new Map(ips.map((ip): [ReturnType<typeof macOfIp>, Ip] => [macOfIp(ip), b.config.local]));
    const previous = { arp: new Map(), fdb: new Map() };
    applyRecords({ storage: a.config.storage, wanted: { arp, fdb }, previous, mend: true });
    await a.startResolver();
    const { neighbours, failed } = await a.sync();
    expect({ neighbours, failed }).to.deep.equal({ neighbours: ips.length + 1, failed: 0 });
    expect((await scene().ping(red, green, 2)).received).to.equal(2);
  });
});
