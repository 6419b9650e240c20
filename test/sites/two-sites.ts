import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AppliedRecords, applyRecords } from "@overlaynet/agent/records/index";
import { type Ip, type Mac, macOfIp, parseIp } from "@overlaynet/core/model/index";
import type { Records } from "@overlaynet/core/records";
import { run } from "../hosts/command.js";
import { Site, type SiteOptions } from "./site.js";

const none: Records = { arp: new Map<Ip, Mac>(), fdb: new Map<Mac, Ip>() };

/** Two sites and a cable between them. Nothing leads out of it. */
export class TwoSites {
  readonly a: Site;
  readonly b: Site;
  readonly #prefix: string;
  readonly #folder: string;

  private constructor(options: SiteOptions) {
    this.#folder = mkdtempSync(join(tmpdir(), "overlaynet-sites-"));
    this.#prefix = `sites${process.pid}`;
    this.a = new Site(`${this.#prefix}-a`, join(this.#folder, "a"), parseIp("192.168.64.27"), options);
    this.b = new Site(`${this.#prefix}-b`, join(this.#folder, "b"), parseIp("192.168.64.28"), options);
  }

  static async build(options: SiteOptions = {}): Promise<TwoSites> {
    const sites = new TwoSites(options);
    try {
      await sites.#build();
      return sites;
    } catch (error) {
      await sites.remove();
      throw error;
    }
  }

  async #build(): Promise<void> {
    const { a, b } = this;
    await a.ip(
      undefined,
      [a, b].flatMap((site) => [`netns add ${site.host}`, `netns add ${site.overlay}`]),
    );
    await a.ip(a.host, [`link add underlay type veth peer name underlay netns ${b.host}`]);
    for (const site of [a, b]) {
      await site.ip(site.host, [
        "link set lo up",
        `addr add ${site.config.local}/24 dev underlay`,
        "link set underlay up",
      ]);
      await site.build();
    }
  }

  /** Puts the records of containers into both sites' folders. A resolver that runs hears of it by its watch. */
  record(placed: ReadonlyMap<Ip, Site>, sites: readonly Site[] = [this.a, this.b]): AppliedRecords[] {
    const arp = new Map([...placed.keys()].map((ip) => [ip, macOfIp(ip)] as const));
    const fdb = new Map([...placed].map(([ip, site]) => [macOfIp(ip), site.config.local] as const));
    return sites.map((site) =>
      applyRecords({ storage: site.config.storage, wanted: { arp, fdb }, previous: none, mend: true }),
    );
  }

  /** Ends what was started and removes what was made. */
  async remove(): Promise<void> {
    await this.a.remove();
    await this.b.remove();
    const left = readdirSync("/run/netns").filter((name) => name.startsWith(`${this.#prefix}-`));
    for (const name of left) await run(["ip", "netns", "del", name]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
