import type { Spec } from "@overlaynet/core";
import type { Bag, CheckResult } from "../engine.js";
import type { HostInputs } from "../hosts.js";
import type { OwnerInput, Timeouts } from "../input/common.js";
import type { OverlayPart } from "../input/member.js";

/** What Containers and NeighEntries have in common. */
export interface MemberInputs {
  readonly overlayId: string;
  readonly overlay: OverlayPart;
  readonly name: string;
  readonly owner: OwnerInput;
  readonly adopt: boolean;
  readonly deleteUnreachable: boolean;
  readonly timeouts?: Timeouts;
}

/** What tells Containers and NeighEntries apart. */
export interface MemberKind<Inputs extends MemberInputs> {
  /** `Container`: how messages call it. */
  readonly title: string;
  readonly kind: "container" | "neigh";
  readonly fields: readonly string[];
  readonly identity: readonly string[];
  check(news: Bag): CheckResult;
  /** What every host is told, the same for all. */
  spec(inputs: Inputs): Spec;
  /** The hosts that are told. */
  hosts(inputs: Inputs): HostInputs;
  /** The host that the work cannot do without. */
  home(inputs: Inputs): string | undefined;
  /** Outputs besides the inputs. */
  computed(inputs: Inputs): Bag;
}
