/** The value that a share of the others, from 0 to 1, does not exceed. @throws Error for none: nothing was measured */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new Error("nothing was measured: no quantile of no values");
  return value;
}
