/**
 * The shortest part of a history found that still fails: halves, quarters and so on are left out one after the other, as long as what is
 * left fails.
 *
 * @param fails tries a history; an expensive thing
 * @param tries how often that may be asked
 */
export async function shrink<T>(
  history: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
  tries: number,
): Promise<readonly T[]> {
  let shortest = history;
  let left = tries;
  for (let size = Math.ceil(shortest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    // From the end: what happened last is the failure itself.
    for (let end = shortest.length - 1; end > 0; end -= size) {
      const part = shortest.filter((_, index) => index < end - size || index >= end);
      if (part.length === shortest.length) continue;
      if (left <= 0) return shortest;
      left -= 1;
      if (await fails(part)) shortest = part;
    }
  }
  return shortest;
}
