import type { ContainerArguments, HostArguments, Topology } from "../checks/topology.js";
import type { Edit, HostName } from "./operation.js";

/** Who has to reach whom, and between which hosts that can be asked right now. */
export class Model {
  readonly #containers = new Map<string, ContainerArguments>();
  /** Addresses that hosts may have of each container, the removed ones too: an up that failed or was interrupted may have told them, or not. */
  readonly #held = new Map<string, Set<string>>();
  #overlay: { mtu: number; resolve: "push" | "miss" } = { mtu: 1450, resolve: "push" };
  /** Whether hosts may know other than what the program says: an up failed, was interrupted, or left somebody out. */
  behind = false;
  /** Hosts on which something was broken that has to be mended before anything is promised of them. */
  readonly broken = new Set<HostName>();
  readonly #parted = new Set<string>();

  constructor(private readonly hosts: Readonly<Record<string, HostArguments>>) {
    this.change([
      { edit: "place", container: "red", host: "a", last: 2 },
      { edit: "place", container: "green", host: "a", last: 4 },
      { edit: "place", container: "pink", host: "b", last: 3 },
    ]);
  }

  get mtu(): number {
    return this.#overlay.mtu;
  }

  /**
   * What the program is to declare after the edits. One that takes an address which another container has is passed over, and one which a container has that goes in the same up: the engine
   * deletes last, and the host refuses it (docs/container.md, "What replaces").
   */
  change(edits: readonly Edit[]): void {
    for (const edit of edits) {
      if (edit.edit === "mtu") this.#overlay.mtu = edit.mtu;
      else if (edit.edit === "resolve") this.#overlay.resolve = edit.resolve;
      else if (edit.edit === "remove") this.#containers.delete(edit.container);
      else {
        const ip = `7.7.7.${edit.last}`;
        if (this.#isTaken(ip, edit.container)) continue;
        this.#containers.set(edit.container, { overlay: "lab", host: edit.host, ip });
        this.#held.set(edit.container, (this.#held.get(edit.container) ?? new Set()).add(ip));
      }
    }
  }

  /** An up has told everybody everything. */
  settle(): void {
    this.#held.clear();
    for (const [name, { ip }] of this.#containers) this.#held.set(name, new Set([ip]));
  }

  #isTaken(ip: string, by: string): boolean {
    const current = [...this.#containers].some(([name, { ip: other }]) => name !== by && other === ip);
    const going = [...this.#held].some(([name, ips]) => name !== by && !this.#containers.has(name) && ips.has(ip));
    return current || going;
  }

  topology(): Topology {
    const overlay = { vni: 42, cidr: "7.7.7.0/24", gateway: "7.7.7.1", namespace: "overns", hosts: this.hosts };
    return {
      overlays: { lab: { ...overlay, ...this.#overlay } },
      containers: Object.fromEntries(this.#containers),
    };
  }

  part(one: HostName, other: HostName): void {
    if (one !== other) this.#parted.add([one, other].sort().join());
  }

  /** All faults that last are over. */
  heal(): void {
    this.#parted.clear();
    this.broken.clear();
  }

  /** Whether containers of two hosts have to reach each other at this moment: nothing of them is broken, nothing is between them. */
  mustReach(one: string, other: string): boolean {
    const isBroken = [one, other].some((name) => this.broken.has(name as HostName));
    return !isBroken && !this.#parted.has([one, other].sort().join());
  }
}
