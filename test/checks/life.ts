import type { Bag, ResourceProvider } from "@overlaynet/provider/engine";
import type { Services } from "@overlaynet/provider/fleet";
import { asProvider, type ResourceWork } from "@overlaynet/provider/resource-provider";

/** What the state of a stack holds of one resource. */
interface Recorded {
  readonly id: string;
  readonly props: Bag;
}

/**
 * One resource as the engine treats it, from create to delete over any number of failures: what a failed call recorded is what the next one begins from (pulumi: sdk/nodejs/cmd/dynamic-provider, and
 * pkg/resource/deploy/step.go). In this process, so that a call costs no more than what it does.
 */
export class Life {
  readonly #kind: (services: Services) => ResourceWork;
  #recorded: Recorded | undefined;

  /** @param kind makes what serves the resource in one provider process */
  constructor(kind: (services: Services) => ResourceWork) {
    this.#kind = kind;
  }

  /** What is recorded; undefined when the engine knows of no resource. */
  get recorded(): Recorded | undefined {
    return this.#recorded;
  }

  /** Brings it to these inputs. @throws what the resource throws; a part that exists is recorded then */
  async up(services: Services, inputs: Bag): Promise<void> {
    const provider = this.#provider(services);
    const before = this.#recorded;
    try {
      if (before === undefined) {
        const { id, outs } = await provider.create(inputs);
        this.#record(id, { ...outs, __provider: inputs["__provider"] });
      } else {
        const { outs } = await provider.update(before.id, before.props, inputs);
        this.#record(before.id, { ...outs, __provider: inputs["__provider"] });
      }
    } catch (error) {
      const { id, properties } = error as { id?: string; properties?: Bag };
      // The engine's host adds nothing to what an error carries.
      if (id !== undefined && properties !== undefined) this.#record(id, properties);
      throw error;
    }
  }

  /** What of it is not as recorded, by host. @throws when a host cannot be asked, or none knows it */
  async drift(services: Services): Promise<unknown> {
    const { id, props } = this.#need();
    const read = await this.#provider(services).read(id, props);
    if (read.id === undefined) throw new Error(`no host knows ${id}`);
    return read.props?.["drift"];
  }

  /** Does nothing when nothing is recorded. @throws what the resource throws; it stays recorded then */
  async destroy(services: Services): Promise<void> {
    if (this.#recorded === undefined) return;
    const { id, props } = this.#recorded;
    if (typeof props["__provider"] !== "string") throw new Error("the state does not say who serves the resource");
    await this.#provider(services).delete(id, props);
    this.#recorded = undefined;
  }

  #provider(services: Services): ResourceProvider {
    return asProvider(this.#kind(services), () => undefined);
  }

  #record(id: string, props: Bag): void {
    this.#recorded = { id, props: JSON.parse(JSON.stringify(props)) as Bag };
  }

  #need(): Recorded {
    if (this.#recorded === undefined) throw new Error("nothing is recorded");
    return this.#recorded;
  }
}
