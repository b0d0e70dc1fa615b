import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { adoptAll } from '../../../db/recovery/adoptions.ts';
import { recordUnknownMade } from '../../../db/recovery/comparison.ts';
import { newId, type PayoutId, type SellerId } from '../../../domain/ids.ts';
import type { MoneyStep } from '../../../domain/stripe.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

/** What an adoption ends, and nobody has paid yet, is ordered again. */
let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(4);
});
afterAll(() => money.db.destroy());

const payday = { payday: '2026-11-02T00:00:00.000Z', cut_off_at: '2026-11-01T00:00:00.000Z' };

/** A payout of a payday, of this seller. */
async function orderPayday(sellerId: SellerId): Promise<PayoutId> {
  const payoutId = await money.order(sellerId);
  await money.db
    .updateTable('payouts')
    .set({ ...payday, cut_off_at: '2199-01-01T00:00:00.000Z', ordered_by: 'schedule' })
    .where('id', '=', payoutId)
    .execute();
  return payoutId;
}

/** Stripe made these steps of the payout in the time that was lost, and a person adopts them. */
async function adopt(
  sellerId: SellerId,
  payoutId: PayoutId,
  amount: number,
  ...steps: MoneyStep[]
) {
  const at = { stripeAccount: `acct_${sellerId.slice(4)}`, currency: 'eur' } as const;
  const made = steps.map((step) => {
    const stripeId = `${step === 'transfer' ? 'tr' : 'po'}_${payoutId.slice(7)}`;
    return { ...at, stripeId, step, payoutId, amount, createdAt: '2026-11-01T00:00:00.000Z' };
  });
  await recordUnknownMade(money.db, made);
  const order = { by: 'key_1', reason: 'an older database' };
  await money.db.transaction().execute((tx) => adoptAll(tx, order));
}

/** The payout that was ordered in the place of another one. */
const findReplacement = (replaces: PayoutId) =>
  money.db
    .selectFrom('payouts')
    .select(['id', 'status', 'payday', 'ordered_by'])
    .where('replaces', '=', replaces)
    .executeTakeFirst();

describe('a payday of which Stripe has only the transfer', () => {
  test.each(['requested', 'reserved with another amount'])(
    'that was %s ends, and the same payday is paid from the account',
    async (status) => {
      const sellerId = await money.seller();
      await money.earn(sellerId, 100_00);
      const payoutId = await orderPayday(sellerId);
      if (status !== 'requested') {
        await money.earn(sellerId, 20_00);
        await reservePayout(money.db, payoutId);
      }
      await adopt(sellerId, payoutId, 100_00, 'transfer');
      expect(await readPayout(money.db, payoutId)).toMatchObject({ status: 'canceled' });
      const again = await findReplacement(payoutId);
      expect(again).toMatchObject({ status: 'requested', payday: payday.payday });
      expect(again?.ordered_by).toBe('after-adoption');
      const reserved = await reservePayout(money.db, again?.id ?? payoutId);
      const rest = status === 'requested' ? 0 : 20_00;
      expect(reserved).toMatchObject({ fromAccount: 100_00, fromPlatform: rest });
    },
  );

  test('that had ended before is not ordered again', async () => {
    const sellerId = await money.seller();
    const skipped = await orderPayday(sellerId);
    await reservePayout(money.db, skipped);
    await adopt(sellerId, skipped, 100_00, 'transfer');
    expect(await findReplacement(skipped)).toBeUndefined();
    const canceled = await money.order(sellerId);
    await money.db.transaction().execute((tx) => cancelPayout(tx, canceled, 'key_1'));
    await adopt(sellerId, canceled, 100_00, 'transfer');
    expect(await findReplacement(canceled)).toBeUndefined();
  });
});

test('a payday that Stripe has paid is not ordered again', async () => {
  const sellerId = await money.seller();
  await money.earn(sellerId, 100_00);
  const payoutId = await orderPayday(sellerId);
  await adopt(sellerId, payoutId, 100_00, 'transfer', 'payout');
  expect(await readPayout(money.db, payoutId)).toMatchObject({ status: 'sent' });
  expect(await findReplacement(payoutId)).toBeUndefined();
});

test.each<MoneyStep[][]>([[['transfer']], [['transfer', 'payout']]])(
  'a payday that is called off beside an adoption of %j is ordered again for what is left',
  async (steps) => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 130_00);
    const payoutId = await orderPayday(sellerId);
    await reservePayout(money.db, payoutId);
    await adopt(sellerId, newId('payout'), 100_00, ...steps);
    expect(await readPayout(money.db, payoutId)).toMatchObject({ status: 'canceled' });
    const again = await findReplacement(payoutId);
    expect(again).toMatchObject({ status: 'requested', payday: payday.payday });
    const fromAccount = steps.length === 1 ? 100_00 : 0;
    const reserved = await reservePayout(money.db, again?.id ?? payoutId);
    expect(reserved).toMatchObject({ fromPlatform: 30_00, fromAccount });
  },
);
