import { readdirSync } from "node:fs";
import { type Ip, macOfIp, parseIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { ping } from "../checks/ping.js";
import { until } from "../hosts/poll.js";
import type { Site, SiteOptions } from "./site.js";
import { TwoSites } from "./two-sites.js";

export const red = parseIp("7.7.0.2");
export const green = parseIp("7.7.0.4");
export const pink = parseIp("7.7.0.3");
/** An address that nobody has. */
export const nobody = parseIp("7.7.0.99");

/** Our neighbour entry of a container, as `ip neigh` prints it. */
export const neighbour = (ip: Ip): string => `${ip} lladdr ${macOfIp(ip)} PERMANENT proto 111`;
/** Our forwarding entry of a container, as `bridge fdb` prints it. */
export const forwarding = (ip: Ip, vtep: Ip): string => `${macOfIp(ip)} dst ${vtep} self extern_learn permanent`;

/** red and green on site a, pink on b, as records on both. */
export class Scene {
  readonly #sites: TwoSites;

  private constructor(sites: TwoSites) {
    this.#sites = sites;
  }

  static async build(options: SiteOptions): Promise<Scene> {
    const scene = new Scene(await TwoSites.build(options));
    await scene.a.addContainers([red, green]);
    await scene.b.addContainers([pink]);
    scene.record();
    return scene;
  }

  get a(): Site {
    return this.#sites.a;
  }

  get b(): Site {
    return this.#sites.b;
  }

  /** Writes the records of all three, on both sites. */
  record(): void {
    this.#sites.record(
      new Map([
        [red, this.a],
        [green, this.a],
        [pink, this.b],
      ]),
    );
  }

  async startBoth(): Promise<void> {
    await this.a.startResolver();
    await this.b.startResolver();
  }

  /** From a container of site a. */
  ping(from: Ip, to: Ip, count = 1): ReturnType<typeof ping> {
    return ping((argv, options) => this.a.exec(this.a.container(from), argv, options), to, { count, interval: 0.02 });
  }

  /** Waits until the tables of site a are as told: a matter of milliseconds on an idle machine, so for well less than any interval of the resolver. */
  async tablesOfA(what: string, holds: (tables: string) => boolean, within = 10_000): Promise<void> {
    const evidence = async (): Promise<string> => `${await this.a.tables()}${this.a.log}`;
    await until(what, async () => holds(await this.a.tables()), { within, every: 10 }, evidence);
  }

  /** Leaves no namespace behind. */
  async remove(): Promise<void> {
    await this.#sites.remove();
    expect(readdirSync("/run/netns").filter((name) => name.startsWith(`sites${process.pid}-`))).to.deep.equal([]);
  }
}
