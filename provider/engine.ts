/**
 * What the dynamic provider's host (`@pulumi/pulumi/cmd/dynamic-provider`) calls and is answered with: its wire form, written down here so that this
 * package need not import the SDK.
 */

/** A resource's inputs or outputs as JSON. */
export type Bag = Record<string, unknown>;

/** One reason why inputs are refused. */
export interface CheckFailure {
  /** Always empty: the engine prints the value of a property that is named here, secrets in clear. The path is in the reason. */
  readonly property: string;
  /** `path: expected …, got …`. */
  readonly reason: string;
}

export interface CheckResult {
  readonly inputs: Bag;
  readonly failures: CheckFailure[];
}

export interface DiffResult {
  /** Undefined: the engine compares the inputs itself, and so can show every change; true only for a change that no input shows. */
  readonly changes?: boolean;
  readonly replaces?: string[];
  readonly deleteBeforeReplace?: boolean;
}

export interface CreateResult {
  readonly id: string;
  readonly outs: Bag;
}

/** An empty result says that the resource is gone. */
export interface ReadResult {
  readonly id?: string;
  readonly props?: Bag;
  readonly inputs?: Bag;
}

export interface UpdateResult {
  readonly outs: Bag;
}

/** The stack's configuration, all namespaces of it. */
export interface ConfigureRequest {
  readonly config: { get(key: string): string | undefined };
}

/** One kind of resource as the engine calls it. */
export interface ResourceProvider {
  configure(request: ConfigureRequest): Promise<void>;
  check(olds: Bag, news: Bag): Promise<CheckResult>;
  diff(id: string, olds: Bag, news: Bag): Promise<DiffResult>;
  create(inputs: Bag): Promise<CreateResult>;
  read(id: string, props: Bag): Promise<ReadResult>;
  update(id: string, olds: Bag, news: Bag): Promise<UpdateResult>;
  delete(id: string, props: Bag): Promise<void>;
}
