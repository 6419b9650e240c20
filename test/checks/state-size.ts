interface Resource {
  readonly type: string;
  readonly sourcePosition?: unknown;
  readonly stackTrace?: unknown;
}

/** Bytes of a container in a stack's state, without white space. */
export interface StateSize {
  /** Without where it stands in the program: that is as long as the way to it. */
  readonly bytes: number;
  /** As it is written. */
  readonly whole: number;
}

/** The size of each container in an exported state. */
export function stateSizes(exported: string): StateSize[] {
  const { deployment } = JSON.parse(exported) as { deployment: { resources: Resource[] } };
  const containers = deployment.resources.filter(({ type }) => type.endsWith(":Container"));
  return containers.map((one) => {
    const { sourcePosition: _where, stackTrace: _calls, ...rest } = one;
    return { bytes: JSON.stringify(rest).length, whole: JSON.stringify(one).length };
  });
}
