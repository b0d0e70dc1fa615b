import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { listSellerEntries, recordEntries } from '../../db/ledger.ts';
import type { SellerId } from '../../domain/ids.ts';
import { type Entry, type EntryKind, type Place, places } from '../../domain/ledger.ts';
import { minor } from '../../domain/money.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});

let made = 0;
function entry(sellerId: SellerId, given: Partial<Omit<Entry, 'amount'>> & { amount?: number }) {
  made += 1;
  const usual = { kind: 'earning', currency: 'eur', from: 'owed', to: 'platform' } as const;
  const amount = minor(given.amount ?? 1_00);
  return { eventKey: `event_${made}`, sellerId, ...usual, ...given, amount };
}
const record = (...entries: Entry[]) => recordEntries(money.db, entries);

describe('an entry', () => {
  test.each<[why: string, given: Parameters<typeof entry>[1], rule: RegExp]>([
    ['a place is not left for itself', { from: 'account', to: 'account' }, /check/],
    ['nothing is no entry', { amount: 0 }, /check/],
    ['what was taken is not below nothing', { amount: -1 }, /check/],
    ['there is no such place', { to: 'pocket' as Place }, /place/],
    ['a currency is three small letters', { currency: 'EUR' }, /check/],
    [
      'nothing is set aside that is not there',
      { kind: 'reserve', from: 'platform', to: 'platform-reserved' },
      /reservation/,
    ],
    ['what is on its way was sent before', { from: 'in-transit', to: 'bank' }, /money_is_where/],
    [
      'nothing is freed that was not set aside',
      { kind: 'release', from: 'account-reserved', to: 'account' },
      /money_is_where/,
    ],
  ])('is refused by the database: %s', async (_why, given, rule) => {
    const sellerId = await money.seller();
    await expect(record(entry(sellerId, given))).rejects.toThrow(rule);
    expect(await money.balances(sellerId)).toEqual({});
  });

  test('is never changed, taken away or written over', async () => {
    const sellerId = await money.seller();
    const first = entry(sellerId, { amount: 5_00 });
    await record(first);
    await record({ ...first, amount: minor(9_00) });
    expect(await money.balances(sellerId)).toEqual({ owed: -5_00, platform: 5_00 });
    const of = money.db.updateTable('ledger_entries').set({ amount: 1 });
    await expect(of.where('seller_id', '=', sellerId).execute()).rejects.toThrow('append-only');
    const gone = money.db.deleteFrom('ledger_entries').where('seller_id', '=', sellerId);
    await expect(gone.execute()).rejects.toThrow('append-only');
  });
});

test(
  'whatever is written, and however often, a balance is the sum of its entries and all are nothing',
  { timeout: 120_000 },
  async () => {
    // Places that may be below nothing, so that no order of writing is refused.
    const free = places.filter((place) => /^(owed|platform|account|foreign)$/.test(place));
    const line = fc
      .record({ from: fc.constantFrom(...free), to: fc.constantFrom(...free) })
      .filter(({ from, to }) => from !== to)
      .chain((way) => fc.integer({ min: 1, max: 500 }).map((amount) => ({ ...way, amount })));
    const batches = fc.array(fc.array(line, { minLength: 1, maxLength: 5 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(batches, async (given) => {
        const sellerId = await money.seller();
        const written = given.map((lines) => lines.map((one) => entry(sellerId, one)));
        for (const entries of [...written, ...written.toReversed()]) await record(...entries);
        const expected: Partial<Record<Place, number>> = {};
        for (const { from, to, amount } of written.flat()) {
          expected[from] = (expected[from] ?? 0) - amount;
          expected[to] = (expected[to] ?? 0) + amount;
        }
        const rest = Object.entries(expected).filter(([, amount]) => amount !== 0);
        const balances = await money.balances(sellerId);
        expect(balances).toEqual(Object.fromEntries(rest));
        expect(Object.values(balances).reduce((sum, one) => sum + one, 0)).toBe(0);
      }),
      { numRuns: 40 },
    );
  },
);

describe('the entries of a seller', () => {
  test.each<[why: string, kind: EntryKind | undefined, limit: number, amounts: number[]]>([
    ['all of them, the newest first', undefined, 10, [4, 3, 2, 1]],
    ['one more than asked says that there are more', undefined, 2, [4, 3, 2]],
    ['one kind only', 'foreign', 10, [4, 2]],
    ['a kind that there is none of', 'paid', 10, []],
  ])('are listed: %s', async (_why, kind, limit, amounts) => {
    const sellerId = await money.seller();
    await record(
      entry(sellerId, { amount: 1 }),
      entry(sellerId, { amount: 2, kind: 'foreign', from: 'foreign', to: 'account' }),
      entry(sellerId, { amount: 3 }),
      entry(sellerId, { amount: 4, kind: 'foreign', from: 'account', to: 'foreign' }),
    );
    await record(entry(await money.seller(), { amount: 5 }));
    const listed = await listSellerEntries(money.db, { sellerId, kind, limit });
    expect(listed.map(({ amount }) => amount)).toEqual(amounts);
  });

  test('go on after any of them, though others are written meanwhile', async () => {
    const sellerId = await money.seller();
    for (const amount of [1, 2, 3]) await record(entry(sellerId, { amount }));
    const [newest] = await listSellerEntries(money.db, { sellerId, limit: 1 });
    await record(entry(sellerId, { amount: 4 }));
    const before = newest?.id;
    const rest = await listSellerEntries(money.db, { sellerId, before, limit: 10 });
    expect(rest.map(({ amount }) => amount)).toEqual([2, 1]);
  });
});
