import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseIp } from "@overlaynet/core/model/index";
import { run } from "@overlaynet/test/hosts/command";
import { Site } from "@overlaynet/test/sites/site";
import { cidr, type RecordSet } from "./record-set.js";

/** The container that asks. */
export const asking = parseIp("7.7.0.2");
const vtep = parseIp("192.168.64.27");
const prefix = "bench";
const folderPrefix = "overlaynet-bench-";

/** An overlay's namespace with its devices and one container, new for each measurement, so that no entry is left of the one before. */
export class Field {
  readonly site: Site;
  readonly records: RecordSet;
  static #count = 0;

  private constructor(site: Site, records: RecordSet) {
    this.site = site;
    this.records = records;
  }

  static async build(folder: string, records: RecordSet, resolve: "push" | "miss"): Promise<Field> {
    this.#count += 1;
    const name = `${prefix}${process.pid}-${this.#count}`;
    const site = new Site(name, join(folder, name), vtep, { cidr, resolve, storage: records.storage });
    const field = new Field(site, records);
    try {
      await site.ip(undefined, [`netns add ${site.host}`, `netns add ${site.overlay}`]);
      await site.build();
      await site.addContainers([asking]);
      return field;
    } catch (error) {
      await field.remove();
      throw error;
    }
  }

  get containerPath(): string {
    return `/run/netns/${this.site.container(asking)}`;
  }

  async remove(): Promise<void> {
    await this.site.remove();
    const names = [this.site.container(asking), this.site.overlay, this.site.host];
    await this.site.ip(
      undefined,
      names.map((name) => `netns del ${name}`),
    );
  }
}

/** The folder of this run: gone at its end, or by the next run's {@link removeLeftovers}. */
export const runFolder = join(tmpdir(), `${folderPrefix}${process.pid}`);

/** Removes what runs that were killed have left. Their daemons ended with them (prctl(2) PR_SET_PDEATHSIG). */
export async function removeLeftovers(): Promise<void> {
  const dead = (pid: string | undefined): boolean => pid !== undefined && !readdirSync("/proc").includes(pid);
  for (const name of list("/run/netns")) {
    if (!dead(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1])) continue;
    await run(["ip", "-n", name, "link", "del", "vxlan1"], { reject: false });
    await run(["ip", "netns", "del", name]);
  }
  for (const name of list(tmpdir())) {
    if (dead(new RegExp(`^${folderPrefix}(\\d+)$`).exec(name)?.[1])) rmSync(join(tmpdir(), name), { recursive: true });
  }
}

/** Before the first `ip netns add` of a machine there is no /run/netns. */
function list(folder: string): string[] {
  return readdirSync(join(folder, "..")).includes(folder.split("/").at(-1) ?? "") ? readdirSync(folder) : [];
}
