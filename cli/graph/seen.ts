import type { LinkInspection, OverlayInspection } from "@overlaynet/core/operator/index";

/** What a host said of one overlay, to be asked for by place. */
export class Seen {
  readonly #links: ReadonlyMap<string, LinkInspection>;

  constructor(readonly inspection: OverlayInspection) {
    this.#links = new Map((inspection.links ?? []).map((link) => [key(link.namespace, link.name), link]));
  }

  /** Whether the host told its devices: older agents do not, so that one that is not told may be there. */
  get tellsLinks(): boolean {
    return this.inspection.links !== undefined;
  }

  link(namespace: string, name: string): LinkInspection | undefined {
    return this.#links.get(key(namespace, name));
  }

  linksIn(namespace: string): LinkInspection[] {
    return (this.inspection.links ?? []).filter((link) => link.namespace === namespace);
  }

  /** Whether there is such a namespace: each has its lo. */
  isThere(namespace: string): boolean {
    return !this.tellsLinks || this.linksIn(namespace).length > 0;
  }

  /** The differences of a device in words; those of entries belong to the tunnel. */
  differencesOf(namespace: string, device: string): string[] {
    return this.#differences((one) => one.namespace === namespace && one.device === device && one.about === undefined);
  }

  /** Entries that differ from the records, in words. */
  get entries(): string[] {
    return this.#differences(({ about }) => about !== undefined);
  }

  /** Of some words of drift those that are at none of the devices that are drawn. @param drawn `namespace device` */
  unplaced(drift: readonly string[], drawn: readonly (readonly [namespace: string, device: string])[]): string[] {
    const told = new Set([
      ...this.entries,
      ...drawn.flatMap(([namespace, name]) => this.differencesOf(namespace, name)),
    ]);
    return drift.filter((words) => !told.has(words));
  }

  #differences(isMeant: (one: NonNullable<OverlayInspection["differences"]>[number]) => boolean): string[] {
    return (this.inspection.differences ?? []).filter(isMeant).map(({ words }) => words);
  }
}

function key(namespace: string, name: string): string {
  return `${namespace} ${name}`;
}
