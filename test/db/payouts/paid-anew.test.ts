import { beforeAll, describe, expect, test } from 'vitest';
import { payAnew } from '../../../db/accounts/bank-accounts.ts';
import { resumeBankAccount } from '../../../db/accounts/bank-pauses.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import type { PayoutId, SellerId, StripePayoutId } from '../../../domain/ids.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});

/** 100.00 that the bank sent back for wrong details, so that the bank account is paused. */
async function cameBack(): Promise<{ sellerId: SellerId; payoutId: PayoutId }> {
  const sellerId = await money.seller();
  await money.earn(sellerId, 100_00);
  const payoutId = await money.sent(sellerId);
  const row = await readPayout(money.db, payoutId);
  const stripePayoutId = row.stripePayoutId as StripePayoutId;
  const why = { status: 'failed', failureCode: 'account_closed', bankAccount: 'ba_1' } as const;
  await recordReturn(money.db, { ...row, stripePayoutId }, why);
  return { sellerId, payoutId };
}

const resume = (sellerId: SellerId) =>
  money.db.transaction().execute((tx) => resumeBankAccount(tx, sellerId, 'ba_1'));
const again = (sellerId: SellerId) =>
  money.db.transaction().execute((tx) => payAnew(tx, [sellerId]));
const orderedOf = (sellerId: SellerId) =>
  money.db
    .selectFrom('payouts')
    .select(['ordered_by', 'replaces', 'requested_amount'])
    .where('seller_id', '=', sellerId)
    .where('status', '=', 'requested')
    .execute();

describe('money that a bank sent back', () => {
  test('is ordered once, at the moment in which the bank account is resumed', async () => {
    const { sellerId, payoutId } = await cameBack();
    expect(await resume(sellerId)).toBe(true);
    const anew = { ordered_by: 'new-details', replaces: payoutId, requested_amount: 100_00 };
    expect(await orderedOf(sellerId)).toEqual([anew]);
    expect(await again(sellerId)).toEqual([]);
    expect(await resume(sellerId)).toBe(true);
    expect(await orderedOf(sellerId)).toEqual([anew]);
  });

  test('is not ordered a second time once a payout has set it aside', async () => {
    const { sellerId } = await cameBack();
    const { db } = money;
    await db.updateTable('bank_accounts').set({ paused_at: null }).execute();
    const payday = await money.order(sellerId);
    expect(await reservePayout(db, payday)).toMatchObject({ fromAccount: 100_00 });
    expect(await again(sellerId)).toEqual([]);
    await resume(sellerId);
    expect(await orderedOf(sellerId)).toEqual([]);
  });
});
