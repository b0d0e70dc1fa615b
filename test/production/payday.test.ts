import { afterAll, beforeAll, expect, test } from 'vitest';

import { differences } from '../../dev/demo/books.ts';
import { readServices } from './compose.ts';
import { payouts, runPayday, type Order, type Payday } from './payday.ts';
import { startProduction, type Production } from './launch.ts';
import { tooFullSeconds, turnedAway } from './seconds.ts';
import { findTemporalPrograms } from './temporal-programs.ts';

let programs: readonly string[];
let production: Production | undefined;
let payday: Payday;

beforeAll(async () => {
  const [, version = ''] = readServices()['temporal']?.image.split(':') ?? [];
  programs = await findTemporalPrograms(version);
}, 900_000); // where it has to be built

beforeAll(async () => {
  production = await startProduction(programs);
  payday = await runPayday(production);
}, 900_000);

afterAll(async () => production?.stop());

test('the commands of the compose file pay each order once, while a worker and an API are killed', () => {
  const { ordered, book, atKill } = payday;
  for (const { done, open } of Object.values(atKill)) {
    expect(done).toBeLessThan(payouts);
    expect(open).toBeGreaterThan(0);
  }
  expect(ordered).toHaveLength(payouts);
  const paid = payday.payouts.map(({ id, sellerId, total }) => {
    return { sellerId, amount: total.amount, payoutId: id };
  });
  expect(paid.toSorted(byId)).toEqual(ordered.toSorted(byId));
  expect(differences(payday.payouts, book)).toEqual([]);
  expect(book.payouts).toHaveLength(payouts);
  expect(book.transfers).toHaveLength(payouts);
});

test('what is killed is started again, as the file says', () => {
  expect(production?.workers.map((worker) => worker.starts())).toEqual([2, 1]);
  expect(production?.apis.map(({ running }) => running.starts())).toEqual([1, 2]);
  for (const killed of [production?.workers[0], production?.apis[1]?.running]) {
    expect(killed?.log().match(/^\{"ready"/gm)).toHaveLength(2);
  }
});

test('nothing is asked of Stripe that Stripe does not know', () => {
  expect(payday.unknownCalls).toEqual([]);
});

test("no second is above Stripe's budgets, over all processes together", () => {
  expect(turnedAway(payday.requests, payday.lags)).toEqual([]);
  expect(tooFullSeconds(payday.requests, payday.lags)).toEqual([]);
});

function byId(left: Order, right: Order): number {
  return left.payoutId < right.payoutId ? -1 : 1;
}
