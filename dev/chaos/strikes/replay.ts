import { isMissed, type Line, type Replay, type StruckCall } from './log.ts';
import { inWords, type Strike } from './plan.ts';

type Struck = {
  strikes: readonly Extract<Line, { line: 'strike' }>[];
  calls: readonly StruckCall[];
};

/** How many strikes of an earlier run were repeated, and each difference as a line. */
export type Comparison = { calls: number; points: number; differences: string[] };

/** Compares a run with the earlier run whose log it was given. */
export function compare(before: Replay, now: Struck): Comparison {
  const wanted = [before.strikes, before.missed, now.strikes.map(({ strike }) => strike)];
  const [planned = [], missedBefore = [], tried = []] = wanted.map((some) => some.map(pointOf));
  const missedNow = now.strikes.filter(({ told }) => isMissed(told));
  const missed = missedNow.map(({ strike }) => pointOf(strike));
  const hitBefore = without(planned, missedBefore);
  const hit = without(tried, missed);
  const [callsBefore, calls] = [before.calls, now.calls].map((some) => some.map(callOf));
  const lost = without(callsBefore ?? [], calls ?? []);
  return {
    calls: before.calls.length - lost.length,
    points: hitBefore.length - without(hitBefore, hit).length,
    differences: [
      ...without(hitBefore, hit).map((point) => `missed this time: ${point}`),
      ...without(hit, hitBefore).map((point) => `missed before: ${point}`),
      ...lost.map((call) => `never came this time: ${call}`),
    ],
  };
}

/** The items that the first list contains more often than the second. */
function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...some];
  return all.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function pointOf(strike: Strike): string {
  return `${inWords(strike)}, after ${strike.after} ${strike.during === 'orders' ? 'orders' : 'sellers'}`;
}

function callOf({ endpoint, n, fault }: StruckCall): string {
  return `${fault} at ${endpoint} #${n}`;
}
