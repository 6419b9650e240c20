import type { Target } from "./target.js";

/** sshd begins to drop connections at ten that have not logged in (MaxStartups 10:30:100); other users of the host need some of them. */
const atOnce = 4;

interface Queue {
  running: number;
  readonly waiting: (() => void)[];
}

const queues = new Map<string, Queue>();

/** Runs a log-in when fewer than four others to the same machine are under way; a jump host is where they would gather. */
export async function handshakes<T>(target: Pick<Target, "host" | "port">, logIn: () => Promise<T>): Promise<T> {
  const key = `${target.host}:${target.port}`;
  const queue = queues.get(key) ?? { running: 0, waiting: [] };
  queues.set(key, queue);
  if (queue.running >= atOnce) await new Promise<void>((resolve) => queue.waiting.push(resolve));
  else queue.running += 1;
  try {
    return await logIn();
  } finally {
    const next = queue.waiting.shift();
    if (next !== undefined) next();
    else {
      queue.running -= 1;
      if (queue.running === 0) queues.delete(key);
    }
  }
}
