import { clean } from "../bag.js";
import type { Bag } from "../engine.js";

/**
 * A create or update that got part of the way. The engine keeps the resource with these properties, shows the reasons, and
 * calls update at the next `up`; destroy calls delete with them. So they must hold `__provider`, which the host process does not add to errors (reference: pulumi.md, trap 15).
 */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  readonly id: string;
  readonly reasons: string[];
  readonly properties: Bag;

  constructor(id: string, reasons: readonly string[], properties: Bag, inputs: Bag) {
    super(reasons.join("\n"));
    this.id = id;
    this.reasons = [...reasons];
    this.properties = clean({ ...properties, __provider: inputs["__provider"] });
  }
}
