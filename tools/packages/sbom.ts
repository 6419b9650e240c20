import type { PinnedFile } from "@overlaynet/agent/artifacts";

/** What is used here of a CycloneDX document (cyclonedx.org, version 1.5), as `npm sbom` prints it. */
export interface Sbom {
  readonly serialNumber?: string;
  readonly metadata: { readonly timestamp?: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

export interface Component {
  readonly "bom-ref": string;
  readonly [field: string]: unknown;
}

/**
 * The part of the workspace's document that is about one package: itself, what comes with it by name, and files of other packages
 * that lie in it.
 *
 * Without serial number and time, which the format leaves open: the same sources give the same bytes.
 *
 * @param subject its reference, `name@version`
 * @param references those of its components
 * @throws Error when a component is not in the workspace's document
 */
export function sbomOf(
  workspace: Sbom,
  subject: string,
  references: readonly string[],
  files: readonly PinnedFile[] = [],
): Sbom {
  const known = new Map(workspace.components.map((component) => [component["bom-ref"], component]));
  const component = (reference: string): Component => {
    const found = known.get(reference);
    if (found === undefined) throw new Error(`npm sbom does not know ${reference}`);
    return found;
  };
  const pinned = files.map(pinnedComponent);
  const inside = new Set([subject, ...references]);
  const { serialNumber: _serial, metadata, ...document } = workspace;
  const { timestamp: _time, ...rest } = metadata;
  return {
    ...document,
    metadata: { ...rest, component: component(subject) },
    components: [...references.map(component), ...pinned],
    dependencies: [
      ...workspace.dependencies
        .filter(({ ref }) => inside.has(ref))
        .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => inside.has(other)) })),
      ...pinned.map((one) => ({ ref: one["bom-ref"], dependsOn: [] })),
    ],
  };
}

/** A file that was taken out of a published package, by the digest that is checked whenever it is fetched. */
function pinnedComponent({ package: name, version, file, sha256 }: PinnedFile): Component {
  return {
    "bom-ref": `${name}@${version}`,
    type: "file",
    name: `${name}/${file.replace(/^package\//, "")}`,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}#${file.replace(/^package\//, "")}`,
    hashes: [{ alg: "SHA-256", content: sha256 }],
  };
}
