import type {
  Bag,
  CheckResult,
  ConfigureRequest,
  CreateResult,
  DiffResult,
  ReadResult,
  ResourceProvider,
  UpdateResult,
} from "./engine.js";
import { clean } from "./bag.js";

/** The work behind one kind of resource. */
export interface ResourceWork {
  check(news: Bag): CheckResult;
  diff(olds: Bag, news: Bag): DiffResult;
  create(inputs: Bag): Promise<CreateResult>;
  read(id: string, props: Bag): Promise<ReadResult>;
  update(id: string, olds: Bag, news: Bag): Promise<UpdateResult>;
  delete(id: string, props: Bag): Promise<void>;
}

/**
 * A resource as the engine's host process calls it. Every bag that leaves is clean, and `configure` stores before it returns: the host process uses a provider while its configure still runs.
 */
export function asProvider(work: ResourceWork, configure: (request: ConfigureRequest) => void): ResourceProvider {
  return {
    async configure(request) {
      configure(request);
      return Promise.resolve();
    },
    async check(_olds, news) {
      const { inputs, failures } = work.check(news);
      return Promise.resolve({ inputs: clean(inputs), failures });
    },
    async diff(_id, olds, news) {
      return Promise.resolve(work.diff(olds, news));
    },
    async create(inputs) {
      const { id, outs } = await work.create(inputs);
      return { id, outs: clean(outs) };
    },
    async read(id, props) {
      const result = await work.read(id, props);
      return {
        ...(result.id === undefined ? {} : { id: result.id }),
        ...(result.props === undefined ? {} : { props: clean(result.props) }),
        ...(result.inputs === undefined ? {} : { inputs: clean(result.inputs) }),
      };
    },
    async update(id, olds, news) {
      const { outs } = await work.update(id, olds, news);
      return { outs: clean(outs) };
    },
    delete: (id, props) => work.delete(id, props),
  };
}
