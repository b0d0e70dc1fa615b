/** A distribution of durations, in milliseconds. */
export type Spread = { p50: number; p95: number; p99: number; max: number };

/** The usual percentiles of a distribution. NaN if there are no values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** The highest count within any period of one second. */
export function busiestSecond(instants: readonly number[]): number {
  const sorted = instants.toSorted((left, right) => left - right);
  let first = 0;
  let most = 0;
  for (const [index, instant] of sorted.entries()) {
    while (instant - (sorted[first] ?? instant) >= 1000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** Counts by name, highest first. */
export function countBy<T>(items: readonly T[], nameOf: (item: T) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return [...counts].toSorted(([, left], [, right]) => right - left);
}
