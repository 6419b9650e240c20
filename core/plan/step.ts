import type { KernelObject, Mark, ObjectId } from "../desired/object.js";

/** One attribute of a device, of a default route (`via`), or of a table of nftables (`rules`, or one `element`), that is not as wanted and can be changed where it is. */
export interface Change {
  readonly attribute:
    "name" | "alias" | "mtu" | "mac" | "master" | "up" | "learning" | "local" | "via" | "rules" | "element";
  readonly namespace: string;
  /** Or the table. */
  readonly device: string;
  readonly want: string | number | boolean;
  readonly found: string | number | boolean | undefined;
  /** Of a new name: whether the device has to be down for it. */
  readonly down?: boolean;
}

interface Common {
  /** Whose object it is; for what was found and belongs to this overlay's past, the mark it was found with. */
  readonly mark: Mark;
  /** What is not as desired, in words; empty where another step says it already (`namespace red missing` says it for all that is in it). */
  readonly drift: readonly string[];
}

export interface AddStep extends Common {
  readonly op: "add";
  readonly object: KernelObject;
}

export interface ChangeStep extends Common {
  readonly op: "change";
  readonly object: KernelObject;
  readonly changes: readonly Change[];
}

/** Something's address that goes along with another one's and has to be given back. */
export interface Restored {
  readonly ip: string;
  readonly prefix: number;
  readonly label?: string | undefined;
}

export interface DeleteStep extends Common {
  readonly op: "delete";
  readonly object: ObjectId;
  /** What is to be added and cannot be while this is there: it goes before anything is added then. Other deletions come last. */
  readonly frees: readonly KernelObject[];
  /** For an address: those of its network that the kernel drops with it. */
  readonly restores: readonly Restored[];
}

/** One thing to do, in the order of {@link Plan.steps}. */
export type Step = AddStep | ChangeStep | DeleteStep;

/** Something that is not ours under a name (or VNI) that an object has to have: nothing is planned for that object or what needs it. */
export interface Conflict {
  /** Whose object cannot be made. */
  readonly mark: Mark;
  readonly object: KernelObject;
  /** A sentence: what was found, where, whose, and what to do. */
  readonly message: string;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly conflicts: readonly Conflict[];
}
