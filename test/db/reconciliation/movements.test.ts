import { beforeAll, describe, expect, test } from 'vitest';
import { recordSchedule } from '../../../db/paydays/rows.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordPaid, recordSettled, recordWait } from '../../../db/payouts/steps.ts';
import { recordMovements } from '../../../db/reconciliation/movements.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import type { Place } from '../../../domain/ledger.ts';
import { manualSchedule } from '../../../domain/paydays/schedule.ts';
import type { Movement } from '../../../domain/reconciliation/movements.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { movement } from './lines.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});

const record = (sellerId: SellerId, lines: readonly Movement[]) =>
  recordMovements(money.db, sellerId, { lines, readAt: new Date().toISOString() });

async function earningsOf(sellerId: SellerId) {
  const rows = await money.db
    .selectFrom('earnings')
    .select(['amount', 'allocated', 'place'])
    .where('seller_id', '=', sellerId)
    .orderBy('available_on')
    .execute();
  return rows.map((row) => `${row.amount - row.allocated} of ${row.amount} at ${row.place}`);
}

async function standingOf({ id }: Movement) {
  const row = await money.db
    .selectFrom('movements')
    .select('standing')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.standing;
}

describe('what moved at an account', () => {
  const charged = () => movement('charge', 96_80, { source: 'ch_1' });
  const refunded = (net: number) => movement('refund', net, { charge: 'ch_1' });
  type Row = [
    why: string,
    moved: () => Movement[],
    balances: Partial<Record<Place, number>>,
    earnings: string[],
  ];
  test.each<Row>([
    ['nothing', () => [], {}, []],
    [
      'a charge of its own, earned less its fee',
      () => [charged()],
      { owed: -96_80, account: 96_80 },
      ['9680 of 9680 at account'],
    ],
    [
      'a charge given back in part, of which the rest can be paid',
      () => [charged(), refunded(-30_00)],
      { owed: -66_80, account: 66_80 },
      ['6680 of 9680 at account'],
    ],
    [
      'a charge given back with its fee, which leaves a hole and no earning',
      () => [charged(), refunded(-100_00)],
      { owed: 3_20, account: -3_20 },
      ['0 of 9680 at account'],
    ],
    [
      'a refund that the customer’s bank did not take',
      () => [charged(), refunded(-50_00), movement('refund_failure', 50_00)],
      { owed: -96_80, account: 96_80 },
      ['4680 of 9680 at account'],
    ],
    [
      'a charge smaller than its fee',
      () => [movement('charge', -20)],
      { owed: 20, account: -20 },
      [],
    ],
    [
      'a fee of Stripe’s',
      () => [movement('stripe_fee', -2_00)],
      { owed: 2_00, account: -2_00 },
      [],
    ],
    [
      'a payout made in the Dashboard',
      () => [charged(), movement('payout', -50_00)],
      { owed: -96_80, account: 46_80, foreign: 50_00 },
      ['9680 of 9680 at account'],
    ],
    [
      'a payout made in the Dashboard that came back',
      () => {
        const source = 'po_theirs';
        const gone = movement('payout', -50_00, { source });
        return [charged(), gone, movement('payout_failure', 50_00, { source })];
      },
      { owed: -96_80, account: 96_80 },
      ['9680 of 9680 at account'],
    ],
    [
      'a dispute, and that it was won',
      () => [movement('adjustment', -15_00), movement('adjustment', 15_00)],
      {},
      [],
    ],
    ['a line of nothing', () => [movement('charge', 0)], {}, []],
  ])('is booked: %s', async (_why, moved, balances, earnings) => {
    const sellerId = await money.seller();
    const movements = moved();
    await record(sellerId, movements);
    expect(await money.balances(sellerId)).toEqual(balances);
    expect(await earningsOf(sellerId)).toEqual(earnings);
    await record(sellerId, movements);
    expect(await money.balances(sellerId)).toEqual(balances);
    expect(await earningsOf(sellerId)).toEqual(earnings);
  });

  test('is earned when Stripe had it, though it is read later, and never in the future', async () => {
    const sellerId = await money.seller();
    const createdAt = '2026-02-03T10:00:00.000Z';
    const ahead = '2100-01-01T00:00:00.000Z';
    await record(sellerId, [
      movement('charge', 10_00, { createdAt }),
      movement('charge', 20_00, { createdAt: ahead }),
    ]);
    const rows = await money.db
      .selectFrom('earnings')
      .select(['amount', 'created_at'])
      .where('seller_id', '=', sellerId)
      .orderBy('amount')
      .execute();
    expect(rows[0]).toEqual({ amount: 10_00, created_at: createdAt });
    expect(Date.parse(rows[1]?.created_at ?? ahead)).toBeLessThanOrEqual(Date.now());
  });

  test('reaches a threshold as what is earned at the platform does', async () => {
    const sellerId = await money.seller();
    const schedule = { ...manualSchedule, thresholds: { eur: 50_00 } };
    await money.db
      .transaction()
      .execute((tx) => recordSchedule(tx, { sellerId, schedule, nextPayoutAt: null }));
    await money.forgetWakeUps();
    await record(sellerId, [movement('charge', 49_99)]);
    expect(await money.wakeUps()).toEqual({});
    await record(sellerId, [movement('charge', 1)]);
    expect(await money.wakeUps()).toEqual({ [`seller/${sellerId}`]: ['payouts'] });
  });

  test('reaches a threshold again when a dispute that took some of it is won', async () => {
    const sellerId = await money.seller();
    const schedule = { ...manualSchedule, thresholds: { eur: 50_00 } };
    await record(sellerId, [
      movement('charge', 60_00),
      movement('adjustment', -20_00, { source: 'dp_1' }),
    ]);
    await money.db
      .transaction()
      .execute((tx) => recordSchedule(tx, { sellerId, schedule, nextPayoutAt: null }));
    await money.forgetWakeUps();
    await record(sellerId, [movement('adjustment', 20_00, { source: 'dp_1' })]);
    expect(await money.wakeUps()).toEqual({ [`seller/${sellerId}`]: ['payouts'] });
  });
});

describe('what moved because of us', () => {
  /** A payout of 100.00, brought as far as asked. */
  async function aPayout(status: 'reserved' | 'transferred' | 'sent') {
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    if (status !== 'reserved') await money.transfer(payoutId);
    if (status === 'sent') await money.sendOff(payoutId);
    await money.forgetWakeUps();
    return { sellerId, payoutId, name: payoutId.slice(7) };
  }
  const settle = async (payoutId: PayoutId) => {
    const row = await readPayout(money.db, payoutId);
    const stripePayoutId = row.stripePayoutId ?? 'po_none';
    await recordSettled(money.db, await recordPaid(money.db, { ...row, stripePayoutId }, 10));
  };

  test('is not booked again: the arrival of a transfer, and a payout', async () => {
    const { sellerId, name } = await aPayout('sent');
    const before = await money.balances(sellerId);
    await record(sellerId, [
      movement('payment', 100_00, { transfer: `tr_${name}` }),
      movement('payout', -100_00, { source: `po_${name}` }),
    ]);
    expect(await money.balances(sellerId)).toEqual(before);
  });

  test('is not booked while its answer is still on its way', async () => {
    const { sellerId, payoutId } = await aPayout('transferred');
    await record(sellerId, [movement('payout', -100_00, { payoutId })]);
    expect(await money.balances(sellerId)).toMatchObject({ 'account-reserved': 100_00 });
  });

  test('is not what names a payout of ours that was called off', async () => {
    const { sellerId, payoutId } = await aPayout('transferred');
    await money.db.transaction().execute((tx) => cancelPayout(tx, payoutId, 'key_1'));
    await record(sellerId, [movement('payout', -100_00, { payoutId })]);
    expect(await money.balances(sellerId)).toEqual({ owed: -100_00, foreign: 100_00 });
  });

  test('is not booked while its transfer has no answer, and keeps nothing after it waiting', async () => {
    const { sellerId, payoutId, name } = await aPayout('reserved');
    await money.send(payoutId, 'transfer');
    const arrival = movement('payment', 100_00, { payoutId, transfer: `tr_${name}` });
    await record(sellerId, [movement('charge', 1_00), arrival, movement('charge', 5_00)]);
    expect(await money.balances(sellerId)).toMatchObject({ account: 6_00, owed: -106_00 });
    await money.transfer(payoutId);
    await record(sellerId, []);
    expect(await standingOf(arrival)).toBe('claimed');
    expect(await money.balances(sellerId)).toMatchObject({ account: 6_00, owed: -106_00 });
  });

  test('wakes the payout that came back, or says which is over already', async () => {
    const { sellerId, payoutId, name } = await aPayout('sent');
    const back = movement('payout_failure', 100_00, { source: `po_${name}` });
    expect(await record(sellerId, [back])).toEqual({ cameBack: [] });
    expect(await money.wakeUps()).toEqual({ [`payout/${payoutId}`]: ['payouts'] });
    await settle(payoutId);
    const cameBack = [{ payoutId, debit: null }];
    expect(await record(sellerId, [back])).toEqual({ cameBack });
  });

  test('makes way when somebody else took what was set aside', async () => {
    const { sellerId, payoutId } = await aPayout('transferred');
    const row = await readPayout(money.db, payoutId);
    await money.send(payoutId, 'payout');
    await money.db
      .updateTable('attempts')
      .set({ state: 'refused', refusal: 'balance-insufficient' })
      .where('object_id', '=', payoutId)
      .where('step', '=', 'payout')
      .execute();
    await recordWait(money.db, row, { reason: 'account-balance', minutes: 60 });
    await record(sellerId, [movement('payout', -60_00)]);
    expect(await readPayout(money.db, payoutId)).toMatchObject({ status: 'skipped' });
    const [next] = await money.db
      .selectFrom('payouts')
      .select('id')
      .where('replaces', '=', payoutId)
      .execute();
    if (!next) throw new Error('nothing takes its place');
    expect(await reservePayout(money.db, next.id)).toMatchObject({ fromAccount: 40_00 });
  });
});

test.each([
  ['transfer', 'transfer-not-ordered', 'a transfer that nobody here ordered'],
  ['unknown', 'payout-unknown', 'a payout that is not in the database'],
])('a hold over a %s names its discrepancy: %s, %s', async (what, cause) => {
  const sellerId = await money.seller();
  const transfer = `tr_${sellerId}`;
  const payoutId: PayoutId = `payout_${sellerId.slice(4)}`;
  const named = what === 'unknown' ? { payoutId } : {};
  await record(sellerId, [movement('payment', 30_00, { transfer, object: transfer, ...named })]);
  const holds = await money.db
    .selectFrom('holds')
    .innerJoin('discrepancies', 'discrepancies.id', 'holds.about')
    .select(['cause', 'discrepancies.object'])
    .where('holds.seller_id', '=', sellerId)
    .execute();
  expect(holds).toEqual([{ cause, object: transfer }]);
});
