/** package-lock.json (lockfileVersion 3): from a place below the root, "node_modules/zod" or "provider", to what is there. */
export type Places = Readonly<Record<string, Place>>;

export interface Place {
  /** Its name, where the place does not tell: workspaces. */
  readonly name?: string;
  readonly version?: string;
  /** Where a link leads to: the workspace's folder. */
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Every place that whoever installs a workspace's package gets with it: what it depends on, and what that depends on. Without the workspace's own. */
export function productionPlaces(places: Places, workspace: string): string[] {
  const found = new Set<string>();
  const visit = (from: string): void => {
    const { dependencies, optionalDependencies } = places[from] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const place = resolvePlace(places, from, name);
      // An optional one may have no entry.
      if (place === undefined || found.has(place)) continue;
      found.add(place);
      visit(place);
    }
  };
  visit(workspace);
  found.delete(workspace);
  return [...found].sort();
}

/** Where Node.js finds `name` from a place: in the nearest node_modules upwards; a workspace in its own folder. */
export function resolvePlace(places: Places, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/"), 0))) {
    const place = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const found = places[place];
    if (found !== undefined) return found.link === true ? found.resolved : place;
    if (folder === "") return undefined;
  }
}

/** `name@version` of what is at a place. @throws Error when nothing is */
export function identityOf(places: Places, place: string): string {
  const entry = places[place];
  if (entry?.version === undefined) throw new Error(`package-lock.json has no version at ${place}`);
  const name = entry.name ?? place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
  return `${name}@${entry.version}`;
}
