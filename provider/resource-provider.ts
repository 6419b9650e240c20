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
import { messageOf } from "./host-failure.js";

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
    check: (_olds, news) =>
      quietly(() => {
        const { inputs, failures } = work.check(news);
        return Promise.resolve({ inputs: clean(inputs), failures });
      }),
    diff: (_id, olds, news) => quietly(() => Promise.resolve(work.diff(olds, news))),
    async create(inputs) {
      const { id, outs } = await work.create(inputs);
      return { id, outs: clean(outs) };
    },
    read: (id, props) =>
      quietly(async () => {
        const result = await work.read(id, props);
        return {
          ...(result.id === undefined ? {} : { id: result.id }),
          ...(result.props === undefined ? {} : { props: clean(result.props) }),
          ...(result.inputs === undefined ? {} : { inputs: clean(result.inputs) }),
        };
      }),
    async update(id, olds, news) {
      const { outs } = await work.update(id, olds, news);
      return { outs: clean(outs) };
    },
    delete: (id, props) => quietly(() => work.delete(id, props)),
  };
}

/** The host process prints the stack of what these calls throw, which is nothing for users: they get the sentences, once. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const sentence = new Error(messageOf(error), { cause: error });
    sentence.stack = "";
    throw sentence;
  }
}
