import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBalances } from '../../../../db/funds.ts';
import { listHolds, releaseHold } from '../../../../db/holds.ts';
import { reservePayout } from '../../../../db/payouts/reservation.ts';
import { readPayout } from '../../../../db/payouts/rows.ts';
import { parkPayout } from '../../../../db/payouts/steps.ts';
import { recordCharge } from '../../../../db/reconciliation/charges/coverage.ts';
import { recordMovements } from '../../../../db/reconciliation/movements.ts';
import { recordReturn } from '../../../../db/reconciliation/stopped-payouts.ts';
import type { ChargeFacts } from '../../../../domain/earnings/coverage.ts';
import type { EarningId, PayoutId, SellerId, StripePayoutId } from '../../../../domain/ids.ts';
import type { Movement } from '../../../../domain/reconciliation/movements.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../../build/money.ts';
import { aCharge } from '../../../build/movement.ts';
import { movement } from '../lines.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});
afterAll(() => money.db.destroy());

const past = '2026-01-01T00:00:00.000Z';
let charges = 0;
/** An earning whose charge was read. Returns the earning and its charge. */
async function charged(
  sellerId: SellerId,
  amount: number,
  given: Partial<ChargeFacts> & { availableOn?: string } = {},
): Promise<{ earningId: EarningId; id: string }> {
  const { availableOn = past, ...facts } = given;
  const id = facts.id ?? `ch_${(charges += 1)}`;
  const earningId = await money.earn(sellerId, amount, { charge: id });
  await recordCharge(money.db, { earningId, charge: aCharge({ ...facts, id }), availableOn });
  return { earningId, id };
}

const record = (sellerId: SellerId, lines: readonly Movement[]) =>
  recordMovements(money.db, sellerId, { lines, readAt: new Date().toISOString() });
/** A transfer that passes the charge on arrives at the seller's account. */
const passOn = (sellerId: SellerId, ofCharge: string, amount: number) =>
  record(sellerId, [
    movement('payment', amount, { transfer: `tr_${ofCharge}`, isOfCharge: true, ofCharge }),
  ]);

async function pay(sellerId: SellerId) {
  const payoutId = await money.order(sellerId);
  const { status, fromPlatform, fromAccount } = await reservePayout(money.db, payoutId);
  return { status, fromPlatform, fromAccount };
}

const heldOf = async (sellerId: SellerId) => {
  const holds = await listHolds(money.db, { sellerId, active: true, limit: 10 });
  return holds.map(({ earningId, amount }) => [earningId, amount]);
};

async function release(sellerId: SellerId): Promise<void> {
  for (const { id: holdId } of await listHolds(money.db, { sellerId, active: true, limit: 10 })) {
    const by = { reason: 'the platform pays the difference', by: 'key_1' };
    await money.db.transaction().execute((tx) => releaseHold(tx, { holdId, ...by }));
  }
}

async function told(sellerId: SellerId): Promise<string[]> {
  const rows = await money.db
    .selectFrom('discrepancies')
    .selectAll()
    .where('seller_id', '=', sellerId)
    .orderBy('opened_at')
    .orderBy('cause')
    .execute();
  return rows.map(({ cause, at_stripe, in_ledger }) => `${cause} ${at_stripe} ${in_ledger}`);
}

describe('what a charge does not cover of an earning', () => {
  test('is held, while everything else is paid', async () => {
    const sellerId = await money.seller();
    const { earningId } = await charged(sellerId, 80_00, { refunded: 50_00 });
    await money.earn(sellerId, 20_00);
    expect(await heldOf(sellerId)).toEqual([[earningId, 30_00]]);
    expect(await readBalances(money.db, sellerId)).toMatchObject([
      { payable: 70_00, held: 30_00, notYetAvailable: 0 },
    ]);
    expect(await pay(sellerId)).toMatchObject({ status: 'reserved', fromPlatform: 70_00 });
    expect(await told(sellerId)).toEqual(['charge-falls-short 5000 8000']);
  });

  test('keeps back no other money before the earning is payable', async () => {
    const sellerId = await money.seller();
    const availableOn = '2040-01-01T00:00:00.000Z';
    await charged(sellerId, 80_00, { refunded: 100_00, availableOn });
    await money.earn(sellerId, 20_00);
    expect(await readBalances(money.db, sellerId)).toMatchObject([
      { payable: 20_00, held: 0, notYetAvailable: 80_00 },
    ]);
    expect(await pay(sellerId)).toMatchObject({ fromPlatform: 20_00 });
  });

  test('is in no payout: the payout contains other earnings, though they are newer', async () => {
    const sellerId = await money.seller();
    const { earningId } = await charged(sellerId, 80_00, { isDisputed: true });
    const other = await money.earn(sellerId, 20_00);
    await pay(sellerId);
    const rows = await money.db
      .selectFrom('payout_items')
      .select(['earning_id', 'amount'])
      .where('earning_id', 'in', [earningId, other])
      .execute();
    expect(rows).toEqual([{ earning_id: other, amount: 20_00 }]);
  });

  test('cannot be allocated by any statement', async () => {
    const { earningId } = await charged(await money.seller(), 80_00, { isFailed: true });
    const all = money.db.updateTable('earnings').set({ allocated: 80_00 });
    await expect(all.where('id', '=', earningId).execute()).rejects.toThrow(
      'held_is_not_allocated',
    );
  });

  test('is paid once a person releases its hold, and is not held again', async () => {
    const sellerId = await money.seller();
    const { id } = await charged(sellerId, 80_00, { passesOn: { account: null, amount: 100_00 } });
    await passOn(sellerId, id, 75_00);
    await release(sellerId);
    await passOn(sellerId, id, 1_00);
    expect(await heldOf(sellerId)).toEqual([]);
    const all = { fromPlatform: 80_00, fromAccount: 76_00 };
    expect(await pay(sellerId)).toMatchObject(all);
  });

  test('is not held, if an adopted payout already paid it, but reported', async () => {
    const sellerId = await money.seller();
    const earningId = await money.earn(sellerId, 80_00);
    const payoutId = await money.sent(sellerId);
    await money.db
      .updateTable('payouts')
      .set({ adopted_at: sql<string>`business_now()` })
      .where('id', '=', payoutId)
      .execute();
    await money.db.deleteFrom('payout_items').where('earning_id', '=', earningId).execute();
    await charged(sellerId, 80_00, { isFailed: true });
    expect(await heldOf(sellerId)).toEqual([]);
    expect(await told(sellerId)).toEqual([
      'charge-falls-short 0 8000',
      'earning-overpaid null 8000',
    ]);
  });
});

test('two sellers whose earnings name one charge never get more than it brought', async () => {
  const sellers = await Promise.all(Array.from({ length: 8 }, () => money.seller()));
  const id = 'ch_shared';
  const earnings = await Promise.all(
    sellers.map((sellerId) => money.earn(sellerId, 30_00, { charge: id })),
  );
  const charge = aCharge({ id });
  await Promise.all(
    earnings.map((earningId) => recordCharge(money.db, { earningId, charge, availableOn: past })),
  );
  const paid = await Promise.all(sellers.map(pay));
  const sum = paid.reduce((total, { fromPlatform }) => total + fromPlatform, 0);
  expect(sum).toBe(100_00);
});

describe('a charge that is seen to pay the seller by itself', () => {
  /** A seller with an earning of 75.00 from a charge, and another of 25.00. */
  async function withEarnings() {
    const sellerId = await money.seller();
    const { earningId, id } = await charged(sellerId, 75_00);
    await money.earn(sellerId, 25_00);
    return { sellerId, earningId, id };
  }
  const park = async (payoutId: PayoutId) =>
    parkPayout(money.db, await readPayout(money.db, payoutId), 'refused-by-stripe');
  const statusOf = async (payoutId: PayoutId) => (await readPayout(money.db, payoutId)).status;

  test('takes its earning out of a payout that was not sent, and the rest is paid', async () => {
    const { sellerId, earningId, id } = await withEarnings();
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    await passOn(sellerId, id, 70_00);
    expect(await statusOf(payoutId)).toBe('canceled');
    expect(await heldOf(sellerId)).toEqual([[earningId, 75_00]]);
    const again = await money.db
      .selectFrom('payouts')
      .select(['id', 'ordered_by'])
      .where('replaces', '=', payoutId)
      .executeTakeFirstOrThrow();
    expect(again.ordered_by).toBe('charge-pays-seller');
    const paid = { status: 'reserved', fromPlatform: 25_00, fromAccount: 70_00 };
    expect(await reservePayout(money.db, again.id)).toMatchObject(paid);
    expect(await told(sellerId)).toEqual(['charge-pays-seller 0 7500']);
  });

  test('takes it out of a payout whose money is at the account, too', async () => {
    const { sellerId, id } = await withEarnings();
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    await money.transfer(payoutId);
    await passOn(sellerId, id, 70_00);
    expect(await statusOf(payoutId)).toBe('canceled');
    expect(await pay(sellerId)).toMatchObject({ fromPlatform: 0, fromAccount: 95_00 });
  });

  test.each([
    ['was sent', (payoutId: PayoutId) => money.sendOff(payoutId), 'sent'],
    ['may have been sent', (payoutId: PayoutId) => money.send(payoutId, 'payout'), 'transferred'],
    ['waits for a person', (payoutId: PayoutId) => park(payoutId), 'transferred'],
  ])('is reported, if a payout with its earning %s', async (_what, act, status) => {
    const { sellerId, id } = await withEarnings();
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    await money.transfer(payoutId);
    await act(payoutId);
    await passOn(sellerId, id, 70_00);
    expect(await statusOf(payoutId)).toBe(status);
    expect(await heldOf(sellerId)).toEqual([]);
    expect(await told(sellerId)).toEqual([
      'charge-pays-seller 0 7500',
      'earning-overpaid null 7500',
    ]);
  });

  test('is not paid again when such a payout comes back', async () => {
    const { sellerId, earningId, id } = await withEarnings();
    const payoutId = await money.sent(sellerId);
    await passOn(sellerId, id, 70_00);
    const payout = { ...(await readPayout(money.db, payoutId)), stripePayoutId: 'po_1' as const };
    await recordReturn(money.db, payout, { status: 'failed', failureCode: null });
    expect(await heldOf(sellerId)).toEqual([[earningId, 75_00]]);
    expect(await pay(sellerId)).toMatchObject({ fromPlatform: 0, fromAccount: 95_00 });
  });

  test('is held once, even if such money comes back again after a person released it', async () => {
    const { sellerId, earningId, id } = await withEarnings();
    const first = await money.sent(sellerId);
    await passOn(sellerId, id, 70_00);
    const comesBack = async (payoutId: PayoutId, stripePayoutId: StripePayoutId) => {
      const payout = { ...(await readPayout(money.db, payoutId)), stripePayoutId };
      await recordReturn(money.db, payout, { status: 'failed', failureCode: null });
    };
    await comesBack(first, 'po_1');
    expect(await heldOf(sellerId)).toEqual([[earningId, 75_00]]);
    await release(sellerId);
    await comesBack(await money.sent(sellerId), 'po_2');
    expect(await heldOf(sellerId)).toEqual([]);
  });

  test('has no effect on the earnings of other sellers and charges', async () => {
    const [sellerId, other] = [await money.seller(), await money.seller()];
    const { id } = await charged(other, 75_00);
    await charged(sellerId, 75_00);
    await passOn(sellerId, id, 20_00);
    expect([...(await heldOf(sellerId)), ...(await heldOf(other))]).toEqual([]);
  });
});
