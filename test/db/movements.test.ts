import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cancelPayout } from '../../db/cancellations.ts';
import { recordMovements } from '../../db/movements.ts';
import { recordSchedule } from '../../db/paydays.ts';
import { recordPaid, recordSettled } from '../../db/payout-steps.ts';
import { readPayout, recordWait, reservePayout } from '../../db/payouts.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import type { Place } from '../../domain/ledger.ts';
import type { Movement } from '../../domain/movements.ts';
import { manualSchedule } from '../../domain/schedule.ts';
import { aMovement } from '../domain/movement.ts';
import { startMoneyDatabase, type MoneyDatabase } from './money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});

let made = 0;
/** A line with an id of its own, later than the one before. */
function movement(type: string, net: number, given: Partial<Movement> = {}): Movement {
  made += 1;
  const createdAt = new Date(Date.UTC(2026, 0, 1) + made * 1000).toISOString();
  const own = { id: `txn_${made}`, source: `src_${made}`, createdAt, availableOn: createdAt };
  return aMovement(type, net, { ...own, ...given });
}
const record = (sellerId: SellerId, movements: readonly Movement[]) =>
  recordMovements(money.db, sellerId, movements);

async function earningsOf(sellerId: SellerId) {
  const rows = await money.db
    .selectFrom('earnings')
    .select(['amount', 'allocated', 'place'])
    .where('seller_id', '=', sellerId)
    .orderBy('available_on')
    .execute();
  return rows.map((row) => `${row.amount - row.allocated} of ${row.amount} at ${row.place}`);
}

async function entriesOf(sellerId: SellerId) {
  return money.db
    .selectFrom('ledger_entries')
    .selectAll()
    .where('seller_id', '=', sellerId)
    .execute();
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
      () => [charged(), movement('payout', -50_00), movement('payout_failure', 50_00)],
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
      movement('payment', 100_00, { sourceTransfer: `tr_${name}` }),
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

  test('holds back what may be the arrival of a transfer without an answer, and all after it', async () => {
    const { sellerId, payoutId, name } = await aPayout('reserved');
    await money.send(payoutId, 'transfer');
    const createdAt = new Date().toISOString();
    const arrival = movement('payment', 100_00, { createdAt, sourceTransfer: `tr_${name}` });
    const after = movement('charge', 5_00, { createdAt });
    await record(sellerId, [movement('charge', 1_00), arrival, after]);
    expect(await money.balances(sellerId)).toMatchObject({ account: 1_00 });
    await money.transfer(payoutId);
    await record(sellerId, [arrival, after]);
    expect(await money.balances(sellerId)).toMatchObject({ account: 6_00, owed: -106_00 });
  });

  test('wakes the payout that came back, or says which is over already', async () => {
    const { sellerId, payoutId, name } = await aPayout('sent');
    const back = movement('payout_failure', 100_00, { source: `po_${name}` });
    expect(await record(sellerId, [back])).toEqual({ cameBack: [] });
    expect(await money.wakeUps()).toEqual({ [`payout/${payoutId}`]: ['payouts'] });
    await settle(payoutId);
    expect(await record(sellerId, [back])).toEqual({ cameBack: [payoutId] });
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
