import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { payAnew } from '../../../db/accounts/bank-accounts.ts';
import { orderedPayoutId } from '../../../db/schema/payout-ids.ts';
import { openPayday, recordSchedule } from '../../../db/paydays/rows.ts';
import { isPayoutId, newId, type PayoutId, type SellerId } from '../../../domain/ids.ts';
import { manualSchedule, type Schedule } from '../../../domain/paydays/schedule.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

/** Two databases that contain the same sellers and earnings, as after a copy. */
let both: [MoneyDatabase, MoneyDatabase];
beforeAll(async () => {
  both = [await startMoneyDatabase(3), await startMoneyDatabase(3)];
});
afterAll(() => Promise.all(both.map(({ db }) => db.destroy())));

const payday = '2026-01-02T09:00:00.000Z';

async function inBoth<T>(run: (money: MoneyDatabase) => Promise<T>): Promise<[T, T]> {
  return [await run(both[0]), await run(both[1])];
}

/** A seller of both databases who has earned 100.00 and whose payday has come. */
async function sellerOfBoth(schedule: Partial<Schedule> = {}): Promise<SellerId> {
  const id = newId('sel');
  await inBoth(async (money) => {
    await money.seller({ id });
    await money.earn(id, 100_00, { availableOn: '2026-01-01T00:00:00.000Z' });
    await money.db
      .updateTable('earnings')
      .set({ created_at: '2026-01-01T00:00:00.000Z' })
      .execute();
    const given = { ...manualSchedule, interval: 'daily' as const, ...schedule };
    const nextPayoutAt = given.interval === 'manual' ? null : payday;
    await money.db
      .transaction()
      .execute((tx) => recordSchedule(tx, { sellerId: id, schedule: given, nextPayoutAt }));
  });
  return id;
}

const open = ({ db }: MoneyDatabase, sellerId: SellerId) =>
  openPayday(db, sellerId, () => ({ latest: null, upcoming: ['2040-01-01T00:00:00.000Z'] }));

const payoutsOf = async ({ db }: MoneyDatabase, sellerId: SellerId) =>
  db
    .selectFrom('payouts')
    .select(['id', 'ordered_by as by'])
    .where('seller_id', '=', sellerId)
    .orderBy('created_at')
    .execute();

/** Records a payout of a lost database under its old id, as an adoption does. */
const adopt = ({ db }: MoneyDatabase, id: PayoutId, sellerId: SellerId) =>
  db
    .insertInto('payouts')
    .values({ id, seller_id: sellerId, currency: 'eur', ordered_by: 'adopted', status: 'sent' })
    .execute();

const idOf = async ({ db }: MoneyDatabase, of: Parameters<typeof orderedPayoutId>[0]) => {
  const { rows } = await sql<{ id: PayoutId }>`select ${orderedPayoutId(of)} as id`.execute(db);
  return rows[0]?.id ?? newId('payout');
};

describe('a database and its copy give the same payout id', () => {
  test('to what is ordered for a payday, and to what replaces it', async () => {
    const sellerId = await sellerOfBoth();
    await inBoth((money) => open(money, sellerId));
    const [one, other] = await inBoth((money) => payoutsOf(money, sellerId));
    expect(one).toEqual([{ id: expect.stringMatching(/^payout_/), by: 'schedule' }]);
    expect(other).toEqual(one);
    await inBoth((money) =>
      money.db
        .updateTable('payouts')
        .set({ status: 'returned', awaits_details: true, from_platform: 100_00 })
        .where('seller_id', '=', sellerId)
        .execute(),
    );
    await inBoth((money) => money.bank(sellerId, 'eur'));
    const [anew, anewThere] = await inBoth((money) =>
      money.db.transaction().execute((tx) => payAnew(tx, [sellerId])),
    );
    expect(anew).toHaveLength(1);
    expect(anewThere).toEqual(anew);
  });

  test('to what reaches a threshold, each time another', async () => {
    const sellerId = await sellerOfBoth({ interval: 'manual', thresholds: { eur: 50_00 } });
    for (let times = 0; times < 2; times += 1) {
      await inBoth(async (money) => {
        await open(money, sellerId);
        await money.db
          .updateTable('payouts')
          .set({ status: 'canceled' })
          .where('seller_id', '=', sellerId)
          .execute();
        await money.db
          .updateTable('sellers')
          .set({ threshold_look_at: payday })
          .where('id', '=', sellerId)
          .execute();
      });
    }
    const [one, other] = await inBoth((money) => payoutsOf(money, sellerId));
    expect(one.map(({ by }) => by)).toEqual(['threshold', 'threshold']);
    expect(other).toEqual(one);
  });

  test('to what is ordered under one Idempotency-Key', async () => {
    const sellerId = await sellerOfBoth();
    const [one, other] = await inBoth((money) => money.order(sellerId, 10_00, 'eur', 'order 1'));
    expect(other).toBe(one);
    const [second] = await inBoth((money) => money.order(sellerId, 10_00, 'eur', 'order 2'));
    expect(second).not.toBe(one);
  });
});

describe('what a backup lost and a person adopted', () => {
  test('is the payday that is opened again', async () => {
    const sellerId = await sellerOfBoth();
    const [money] = both;
    const id = await idOf(money, { by: 'payday', sellerId, currency: 'eur', payday });
    await adopt(money, id, sellerId);
    await open(money, sellerId);
    expect(await payoutsOf(money, sellerId)).toEqual([{ id, by: 'adopted' }]);
  });

  test('is the order that is sent again, and no order of something else', async () => {
    const sellerId = await sellerOfBoth();
    const [money] = both;
    const id = await idOf(money, { by: 'request', sellerId, idempotencyKey: 'lost' });
    await adopt(money, id, sellerId);
    expect(await money.order(sellerId, 10_00, 'eur', 'lost')).toBe(id);
    await expect(money.order(sellerId, 10_00, 'usd', 'lost')).rejects.toThrow(/another order/);
    expect(await payoutsOf(money, sellerId)).toHaveLength(1);
  });

  test('leaves the order to be paid if Stripe had only its transfer', async () => {
    const sellerId = await sellerOfBoth();
    const [money] = both;
    const ordered = { by: 'payday', sellerId, currency: 'eur', payday } as const;
    const id = await idOf(money, ordered);
    await adopt(money, id, sellerId);
    const ended = { status: 'canceled', stripe_payout_id: null } as const;
    await money.db.updateTable('payouts').set(ended).where('id', '=', id).execute();
    expect(await idOf(money, ordered)).not.toBe(id);
  });

  test('does not keep a threshold from being paid', async () => {
    const sellerId = await sellerOfBoth();
    const [money] = both;
    const { rows } = await sql<{ id: PayoutId }>`
      select ordered_payout_id('threshold', ${sellerId}, 'eur', '1') as id
    `.execute(money.db);
    const id = rows[0]?.id ?? 'payout_none';
    await adopt(money, id, sellerId);
    expect(await idOf(money, { by: 'threshold', sellerId, currency: 'eur' })).not.toBe(id);
  });

  test('gives its id to nothing else if a person dismissed it', async () => {
    const sellerId = await sellerOfBoth();
    const [money] = both;
    const ordered = { by: 'payday', sellerId, currency: 'eur', payday } as const;
    const id = await idOf(money, ordered);
    await money.db
      .insertInto('adoptions')
      .values({
        stripe_id: newId('tr'),
        step: 'transfer',
        payout_id: id,
        stripe_account: 'acct_1',
        amount: 1,
        currency: 'eur',
        created_at: payday,
        outcome: 'dismissed',
        closed_at: payday,
        closed_by: 'test',
        reason: 'corrected by hand',
      })
      .execute();
    const next = await idOf(money, ordered);
    expect(next).not.toBe(id);
    expect(await idOf(money, ordered)).toBe(next);
  });
});

test('different orders have different ids, which are ids of payouts', async () => {
  const name = fc.string({ minLength: 1, unit: 'grapheme-ascii' });
  const order = fc.record({
    by: fc.constant('request' as const),
    sellerId: name.map((text): SellerId => `sel_${text}`),
    idempotencyKey: name,
  });
  await fc.assert(
    fc.asyncProperty(order, order, async (one, other) => {
      const [money] = both;
      const ids = [await idOf(money, one), await idOf(money, other)];
      expect(ids.every(isPayoutId)).toBe(true);
      const areSame = JSON.stringify(one) === JSON.stringify(other);
      expect(ids[0] === ids[1]).toBe(areSame);
    }),
    { numRuns: 100 },
  );
});
