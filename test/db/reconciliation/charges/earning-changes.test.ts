import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findEarning } from '../../../../db/earnings/views.ts';
import { readBalances } from '../../../../db/funds.ts';
import { listHolds } from '../../../../db/holds.ts';
import { reservePayout } from '../../../../db/payouts/reservation.ts';
import { readPayout } from '../../../../db/payouts/rows.ts';
import { recordCharge } from '../../../../db/reconciliation/charges/coverage.ts';
import { changeEarning } from '../../../../db/reconciliation/charges/earning-changes.ts';
import { recordMovements } from '../../../../db/reconciliation/movements.ts';
import { recordReturn } from '../../../../db/reconciliation/stopped-payouts.ts';
import type { EarningOrder } from '../../../../domain/earnings/changes.ts';
import type { ChargeFacts } from '../../../../domain/earnings/coverage.ts';
import type { EarningId, SellerId } from '../../../../domain/ids.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../../build/money.ts';
import { aCharge } from '../../../build/movement.ts';
import { movement } from '../lines.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});
afterAll(() => money.db.destroy());

const availableOn = '2026-01-01T00:00:00.000Z';
const withdraw: EarningOrder = { kind: 'withdraw' };
const change = (earningId: EarningId, order: EarningOrder) =>
  money.db
    .transaction()
    .execute((tx) => changeEarning(tx, { earningId, order, reason: 'why', by: 'key_1' }));
const seen = (earningId: EarningId, facts: Partial<ChargeFacts>) =>
  recordCharge(money.db, { earningId, charge: aCharge(facts), availableOn });
const pay = async (sellerId: SellerId) => reservePayout(money.db, await money.order(sellerId));
const heldOf = async (sellerId: SellerId) => {
  const holds = await listHolds(money.db, { sellerId, active: true, limit: 10 });
  return holds.map(({ amount }) => amount);
};
const openOf = async (sellerId: SellerId) => {
  const rows = await money.db
    .selectFrom('discrepancies')
    .select(['cause', 'closed_at'])
    .where('seller_id', '=', sellerId)
    .orderBy('opened_at')
    .execute();
  return rows.map(({ cause, closed_at }) => `${cause} ${closed_at === null ? 'open' : 'closed'}`);
};
let charges = 0;
const newCharge = () => `ch_changed${(charges += 1)}`;

describe('a withdrawn earning', () => {
  test('is owed no longer, is in no payout, and leaves everything else', async () => {
    const sellerId = await money.seller();
    const earningId = await money.earn(sellerId, 80_00);
    await money.earn(sellerId, 20_00);
    expect(await change(earningId, withdraw)).toEqual({ kind: 'done' });
    expect(await money.balances(sellerId)).toEqual({ owed: -20_00, platform: 20_00 });
    const found = await findEarning(money.db, earningId);
    expect(found).toMatchObject({ amount: 0, allocated: 0, held: 0 });
    expect(found?.changes).toMatchObject([{ amountBefore: 80_00, amountAfter: 0, by: 'key_1' }]);
    expect(await pay(sellerId)).toMatchObject({ status: 'reserved', fromPlatform: 20_00 });
  });

  test('stays withdrawn, and its ledger entry is booked once', async () => {
    const sellerId = await money.seller();
    const earningId = await money.earn(sellerId, 80_00);
    await Promise.all([1, 2, 3].map(() => change(earningId, withdraw)));
    expect(await money.balances(sellerId)).toEqual({});
    expect((await findEarning(money.db, earningId))?.changes).toHaveLength(1);
  });

  test('ends its hold and the discrepancy about its charge', async () => {
    const sellerId = await money.seller();
    const charge = newCharge();
    const earningId = await money.earn(sellerId, 80_00, { charge });
    await seen(earningId, { id: charge, refunded: 100_00 });
    expect(await heldOf(sellerId)).toEqual([80_00]);
    await change(earningId, withdraw);
    expect(await heldOf(sellerId)).toEqual([]);
    expect(await openOf(sellerId)).toEqual(['charge-falls-short closed']);
    expect(await money.balances(sellerId)).toEqual({});
  });

  test('is not waited for, though its charge was never seen', async () => {
    const sellerId = await money.seller();
    const earningId = await money.earn(sellerId, 80_00, { charge: newCharge() });
    await change(earningId, withdraw);
    await seen(earningId, { isFailed: true });
    expect(await heldOf(sellerId)).toEqual([]);
    const [funds] = await readBalances(money.db, sellerId);
    expect(funds).toMatchObject({ payable: 0, notYetAvailable: 0 });
  });

  test('is not taken from a payout, whichever of the two comes first', async () => {
    for (let round = 0; round < 12; round += 1) {
      const sellerId = await money.seller();
      const earningId = await money.earn(sellerId, 80_00);
      const payoutId = await money.order(sellerId);
      const [changed, payout] = await Promise.all([
        change(earningId, withdraw),
        reservePayout(money.db, payoutId),
      ]);
      const isPaid = payout.status === 'reserved';
      expect(changed.kind).toBe(isPaid ? 'refuse' : 'done');
      expect(await money.balances(sellerId)).toEqual(
        isPaid ? { owed: -80_00, 'platform-reserved': 80_00 } : {},
      );
    }
  });

  test('at the account is refused, because Stripe’s books say what came', async () => {
    const sellerId = await money.seller();
    const lines = [movement('charge', 75_00, { source: newCharge() })];
    await recordMovements(money.db, sellerId, { lines, readAt: new Date().toISOString() });
    const income = await money.db
      .selectFrom('earnings')
      .select('id')
      .where('seller_id', '=', sellerId)
      .executeTakeFirstOrThrow();
    expect(await change(income.id, withdraw)).toMatchObject({ kind: 'refuse', why: 'at-account' });
  });
});

describe('a corrected earning', () => {
  test.each([
    ['less', 50_00],
    ['more', 90_00],
  ])('is owed and paid with its new amount: %s', async (_what, amount) => {
    const sellerId = await money.seller();
    const earningId = await money.earn(sellerId, 80_00);
    await change(earningId, { kind: 'correct', amount });
    expect(await money.balances(sellerId)).toEqual({ owed: -amount, platform: amount });
    expect(await pay(sellerId)).toMatchObject({ fromPlatform: amount });
  });

  test('waits until its charge was read again', async () => {
    const sellerId = await money.seller();
    const charge = newCharge();
    const earningId = await money.earn(sellerId, 80_00, { charge });
    await seen(earningId, { id: charge });
    await change(earningId, { kind: 'correct', amount: 120_00 });
    expect(await pay(sellerId)).toMatchObject({ status: 'skipped' });
    await seen(earningId, { id: charge });
    expect(await heldOf(sellerId)).toEqual([20_00]);
    expect(await pay(sellerId)).toMatchObject({ fromPlatform: 100_00 });
  });

  test('is decided anew by its new charge, and told again', async () => {
    const sellerId = await money.seller();
    const [wrong, right] = [newCharge(), newCharge()];
    const earningId = await money.earn(sellerId, 80_00, { charge: wrong });
    await seen(earningId, { id: wrong, isFailed: true });
    await change(earningId, { kind: 'correct', charge: right });
    expect(await heldOf(sellerId)).toEqual([]);
    await seen(earningId, { id: right, refunded: 50_00 });
    expect(await heldOf(sellerId)).toEqual([30_00]);
    expect(await openOf(sellerId)).toEqual([
      'charge-falls-short closed',
      'charge-falls-short open',
    ]);
  });

  test('is held at once, if its new charge paid the seller by itself', async () => {
    const sellerId = await money.seller();
    const charge = newCharge();
    const lines = [movement('charge', 75_00, { source: charge })];
    await recordMovements(money.db, sellerId, { lines, readAt: new Date().toISOString() });
    const earningId = await money.earn(sellerId, 80_00);
    await change(earningId, { kind: 'correct', charge });
    expect(await heldOf(sellerId)).toEqual([80_00]);
  });

  test('keeps what payouts contain, and the payout stays as it was', async () => {
    const sellerId = await money.seller();
    const earningId = await money.earn(sellerId, 80_00);
    const payoutId = await money.order(sellerId, 30_00);
    await reservePayout(money.db, payoutId);
    const tooLow = await change(earningId, { kind: 'correct', amount: 29_99 });
    expect(tooLow).toMatchObject({ why: 'in-payouts', payouts: [{ payoutId, amount: 30_00 }] });
    expect(await change(earningId, { kind: 'correct', amount: 30_00 })).toEqual({ kind: 'done' });
    expect(await money.balances(sellerId)).toEqual({
      owed: -30_00,
      'platform-reserved': 30_00,
    });
  });

  test('that a payout overpaid is still held when the payout comes back', async () => {
    const sellerId = await money.seller();
    const charge = newCharge();
    const earningId = await money.earn(sellerId, 75_00, { charge });
    await seen(earningId, { id: charge });
    const payoutId = await money.sent(sellerId);
    const passedOn = { transfer: `tr_${charge}`, isOfCharge: true, ofCharge: charge };
    const lines = [movement('payment', 70_00, passedOn)];
    await recordMovements(money.db, sellerId, { lines, readAt: new Date().toISOString() });
    await change(earningId, { kind: 'correct', amount: 80_00 });
    const payout = { ...(await readPayout(money.db, payoutId)), stripePayoutId: 'po_1' as const };
    await recordReturn(money.db, payout, { status: 'failed', failureCode: null });
    await seen(earningId, { id: charge });
    expect(await pay(sellerId)).toMatchObject({ fromPlatform: 0, fromAccount: 70_00 });
  });
});
