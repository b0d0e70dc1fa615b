import { expect, test } from 'vitest';

import type { Line } from '../../dev/bench/stripe-calls.ts';
import { tooFullSeconds, turnedAway, type Lag } from './seconds.ts';

const lag = (from: number, to: number): Lag => ({ from, to, lagMs: to - from - 10 });
const quiet = Array.from({ length: 300 }, (_, n) => lag(n * 11, n * 11 + 11));
/** Nothing was answered between 500 and 560. */
const stalled = [lag(478, 489), lag(489, 500), lag(500, 560), lag(560, 571)];

test.each([
  // requests, from, apart, lags,    too full, why
  [16, 0, 67, quiet, 0, 'the sixteenth comes 1005 ms after the first'],
  [16, 0, 66, quiet, 0, 'it comes after 990 ms, and nobody sees twice 10 ms between two questions'],
  [16, 0, 65, quiet, 1, 'it comes after 975 ms, and the machine was late by 1 ms only'],
  [30, 0, 35, quiet, 15, 'two workers without a common pace'],
  [16, 555, 60, stalled, 0, 'the first may have been kept up for 60 ms, twice'],
  [16, 555, 58, stalled, 1, 'but no longer'],
  [16, 900, 60, stalled, 0, 'it was kept up at another moment of the second before'],
  [16, 1_700, 60, stalled, 1, 'but not that long ago'],
  [16, 0, 0, [], 1, 'nothing is known of the machine'],
])('%i payouts from %i on, %i ms apart: %#', (count, from, apart, lags, faults, why) => {
  const requests = Array.from({ length: count }, (_, n) => {
    return { seq: n, at: from + n * apart, method: 'POST', path: '/v1/payouts', status: 200 };
  });
  expect(tooFullSeconds(requests satisfies Line[], lags), why).toHaveLength(faults);
});

test.each([
  [1_400, 0, 'the sandbox stood still for 600 ms, and what had piled up came at once'],
  [3_000, 1, 'long after it'],
])('turned away at %i: %#', (at, faults, why) => {
  const lags = [lag(0, 11), lag(500, 1_110), lag(1_110, 1_121)];
  const request = { seq: 1, at, method: 'POST', path: '/v1/payouts', status: 429 };
  expect(turnedAway([request, { ...request, status: 200 }], lags), why).toHaveLength(faults);
});
