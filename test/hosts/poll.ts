import { setTimeout as pause } from "node:timers/promises";

/**
 * Asks `question` again and again until its answer is neither undefined nor false.
 *
 * @param what is waited for, for the error's text: "host a answers SSH".
 * @param limits deadline and pause between two questions, in milliseconds.
 * @param evidence gives what helps to see why, when the deadline has passed.
 * @throws after the deadline, naming `what`; at once when `question` throws.
 */
export async function until<T>(
  what: string,
  question: () => Promise<T | undefined | false>,
  limits: { readonly within: number; readonly every?: number },
  evidence: () => Promise<string> = () => Promise.resolve(""),
): Promise<T> {
  const end = Date.now() + limits.within;
  for (;;) {
    const answer = await question();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`not within ${limits.within} ms: ${what}\n${await evidence()}`.trim());
    await pause(limits.every ?? 50);
  }
}
