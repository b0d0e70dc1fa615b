import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { recordMovements } from '../../../db/reconciliation/movements.ts';
import type { SellerId } from '../../../domain/ids.ts';
import type { Movement } from '../../../domain/reconciliation/movements.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { movement } from './lines.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});
const record = (sellerId: SellerId, lines: readonly Movement[]) =>
  recordMovements(money.db, sellerId, { lines, readAt: new Date().toISOString() });

async function entriesOf(sellerId: SellerId) {
  return money.db
    .selectFrom('ledger_entries')
    .selectAll()
    .where('seller_id', '=', sellerId)
    .execute();
}

/** Types by what is on the other side of the account. */
const others = {
  owed: ['charge', 'payment', 'refund', 'refund_failure', 'stripe_fee', 'application_fee'],
  foreign: ['payout', 'payout_failure', 'payout_cancel', 'adjustment', 'something_new'],
};
const anyMovement = fc.record({
  type: fc.constantFrom(...others.owed, ...others.foreign),
  net: fc.integer({ min: -200, max: 200 }),
  currency: fc.constantFrom('eur', 'usd'),
  charge: fc.constantFrom(null, 'ch_a', 'ch_b'),
});
/** Batches in which the movements are read: in any order, with repeats, some at once. */
const anyReading = fc.record({
  atOnce: fc.boolean(),
  batches: fc.array(fc.array(fc.nat({ max: 100 }), { maxLength: 12 }), { maxLength: 5 }),
});

test(
  'no sequence of movements, in any order and with repeats, makes or loses a minor unit',
  { timeout: 120_000 },
  async () => {
    const given = fc.array(anyMovement, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(given, anyReading, async (lines, { atOnce, batches }) => {
        const sellerId = await money.seller();
        const all = lines.map(({ type, net, charge, ...of }) => {
          const isIncome = type === 'charge' && charge !== null;
          const source = isIncome ? { source: charge } : { charge };
          return movement(type, net, { ...of, ...source });
        });
        const readings = batches.map((batch) => {
          return batch.flatMap((index) => all[index % all.length] ?? []);
        });
        if (atOnce) await Promise.all(readings.map((batch) => record(sellerId, batch)));
        else for (const batch of readings) await record(sellerId, batch);
        await record(sellerId, all);
        await expectBooked(sellerId, all);
      }),
      { numRuns: 60 },
    );
  },
);

/** Holds the ledger against sums of its own: nothing but the movements, each once. */
async function expectBooked(sellerId: SellerId, all: readonly Movement[]): Promise<void> {
  const moving = all.filter(({ net }) => net !== 0);
  const entries = await entriesOf(sellerId);
  expect(entries.map((entry) => entry.event_key).sort()).toEqual(moving.map(({ id }) => id).sort());
  for (const currency of ['eur', 'usd']) {
    const own = moving.filter((one) => one.currency === currency);
    const sumOf = (types: string[]): number =>
      own.filter(({ type }) => types.includes(type)).reduce((sum, { net }) => sum + net, 0);
    const [owed, foreign] = [sumOf(others.owed), sumOf(others.foreign)];
    const rows = await money.db
      .selectFrom('balances')
      .select(['place', 'amount'])
      .where('seller_id', '=', sellerId)
      .where('currency', '=', currency)
      .where('amount', '<>', 0)
      .execute();
    const expected = { account: owed + foreign, owed: 0 - owed, foreign: 0 - foreign };
    const nonzero = Object.entries(expected).filter(([, amount]) => amount !== 0);
    expect(Object.fromEntries(rows.map(({ place, amount }) => [place, amount]))).toEqual(
      Object.fromEntries(nonzero),
    );
  }
}
