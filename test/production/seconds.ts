import { setTimeout as pause } from 'node:timers/promises';

import { endpointOf, type Line } from '../../dev/bench/stripe-calls.ts';

/** A span of time in which the machine or the sandbox stood still for so long. */
export type Lag = { from: number; to: number; lagMs: number };

/** Requests a second that Stripe allows a live account (docs.stripe.com/rate-limits, 2026-10). */
const limits: Record<string, number> = { all: 100, 'POST /v1/payouts': 15 };
const endpointLimit = 25;

const everyMs = 10;

/** Asks the sandbox again and again, and notes by how much each answer came late. */
export function watchLags(ask: () => Promise<unknown>): { end: () => Promise<Lag[]> } {
  const lags: Lag[] = [];
  const over = new AbortController();
  const asking = (async () => {
    let from = Date.now();
    while (!over.signal.aborted) {
      await pause(everyMs);
      await ask();
      const to = Date.now();
      lags.push({ from, to, lagMs: Math.max(0, to - from - everyMs) });
      from = to;
    }
  })();
  asking.catch(() => undefined); // told at the end
  return {
    async end() {
      over.abort();
      await asking;
      return lags;
    },
  };
}

/**
 * Every second in which more was asked of Stripe than it allows, each as one line; best none.
 *
 * A second is any 1000 ms, wherever they begin, over all processes together. On a busy machine a
 * request is noted later than its turn came: it may be kept up in the process that sends it, and
 * again in the sandbox. So the first of a second counts as having come earlier, by twice as much as
 * the machine can have stood still just then: as the answers were late, and the pause between two
 * questions, in which nobody sees that it stands still.
 */
export function tooFullSeconds(requests: readonly Line[], lags: readonly Lag[]): string[] {
  const byName = new Map<string, number[]>([['all', requests.map(({ at }) => at)]]);
  for (const request of requests) {
    const name = endpointOf(request);
    byName.set(name, [...(byName.get(name) ?? []), request.at]);
  }
  return [...byName].flatMap(([name, instants]) => {
    const limit = limits[name] ?? endpointLimit;
    return tooFull(instants, limit, lags).map((words) => `${name}: ${words}`);
  });
}

function tooFull(instants: readonly number[], limit: number, lags: readonly Lag[]): string[] {
  const sorted = instants.toSorted((left, right) => left - right);
  return sorted.flatMap((at, index) => {
    const oneTooMany = sorted[index + limit];
    if (oneTooMany === undefined || oneTooMany - at >= 1000) return [];
    const spanMs = oneTooMany - at + 2 * (lagAbout(at, lags) + everyMs);
    return spanMs < 1000 ? [`${limit + 1} requests in ${spanMs} ms, from ${at} on`] : [];
  });
}

/**
 * The longest of the lags that a request noted then can have met: in the second before, or at it.
 */
function lagAbout(at: number, lags: readonly Lag[]): number {
  const near = lags.filter(({ from, to }) => to >= at - 1000 && from <= at + everyMs);
  return Math.max(0, ...near.map(({ lagMs }) => lagMs));
}

/** Who was turned away although the sandbox did not stand still, which lets requests pile up. */
export function turnedAway(requests: readonly Line[], lags: readonly Lag[]): Line[] {
  return requests.filter(({ at, status }) => status === 429 && lagAbout(at, lags) < stoodStillMs);
}

const stoodStillMs = 500;
