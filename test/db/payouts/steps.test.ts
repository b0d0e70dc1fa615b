import { beforeAll, describe, expect, test } from 'vitest';

import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import {
  parkPayout,
  recordNotFound,
  recordPaid,
  recordSent,
  recordSettled,
  recordTransferred,
  recordWait,
} from '../../../db/payouts/steps.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import { recordEvents } from '../../../db/stripe-events/inbox.ts';
import { recordUnknown } from '../../../db/stripe/answers.ts';
import type { PayoutId, SellerId, StripePayoutId } from '../../../domain/ids.ts';
import type { Payout } from '../../../domain/payouts/states.ts';
import { hourMs, type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});
const failure = { status: 'failed', failureCode: 'account_closed' } as const;

/** A payout of a seller's 100.00, brought as far as asked. */
async function aPayout(until: 'reserved' | 'transferred' | 'sent' | 'paid') {
  const sellerId = await money.seller();
  await money.earn(sellerId, 100_00);
  const payoutId = await money.order(sellerId);
  await reservePayout(money.db, payoutId);
  if (until !== 'reserved') await money.transfer(payoutId);
  if (until === 'sent' || until === 'paid') await money.sendOff(payoutId);
  if (until === 'paid') await recordPaid(money.db, await sentPayout(payoutId), 10);
  return { sellerId, payoutId, row: await readPayout(money.db, payoutId) };
}

async function sentPayout(
  payoutId: PayoutId,
): Promise<Payout & { stripePayoutId: StripePayoutId }> {
  const row = await readPayout(money.db, payoutId);
  return { ...row, stripePayoutId: row.stripePayoutId ?? 'po_none' };
}

type Case = [
  step: string,
  from: Parameters<typeof aPayout>[0],
  record: (row: Payout) => Promise<Payout>,
  expected: { status: Payout['status']; at: string },
];

const sent = (row: Payout) =>
  ({ ...row, stripePayoutId: row.stripePayoutId ?? 'po_none' }) as const;
const cases: Case[] = [
  [
    'transferred',
    'reserved',
    async (row) =>
      recordTransferred(money.db, {
        payout: row,
        key: await money.send(row.payoutId, 'transfer'),
        transferId: `tr_${row.payoutId}`,
        arrivesAt: null,
      }),
    { status: 'transferred', at: 'account-reserved' },
  ],
  [
    'sent',
    'transferred',
    async (row) =>
      recordSent(money.db, {
        payout: row,
        key: await money.send(row.payoutId, 'payout'),
        stripePayoutId: `po_${row.payoutId}`,
        bankExpectedOn: null,
        followAt: null,
      }),
    { status: 'sent', at: 'in-transit' },
  ],
  ['paid', 'sent', (row) => recordPaid(money.db, sent(row), 10), { status: 'paid', at: 'bank' }],
  [
    'failed',
    'sent',
    (row) => recordReturn(money.db, sent(row), failure),
    { status: 'failed', at: 'account' },
  ],
  [
    'canceled',
    'sent',
    (row) => recordReturn(money.db, sent(row), { status: 'canceled', failureCode: null }),
    { status: 'canceled', at: 'account' },
  ],
  [
    'returned',
    'paid',
    (row) => recordReturn(money.db, sent(row), failure),
    { status: 'returned', at: 'account' },
  ],
  ['settled', 'paid', (row) => recordSettled(money.db, row), { status: 'settled', at: 'bank' }],
];

describe('a step', () => {
  test.each(cases)(
    'to %s is booked once, however often and however late it is recorded',
    async (_step, from, record, { status, at }) => {
      const { sellerId, payoutId, row } = await aPayout(from);
      const first = await record(row);
      expect(first).toMatchObject({ status, parked: null });
      const entries = await money.entriesOf(payoutId);
      const again = await Promise.all([record(row), record(row), record(first)]);
      for (const other of again) expect({ ...other, now: '' }).toEqual({ ...first, now: '' });
      expect(await money.entriesOf(payoutId)).toEqual(entries);
      expect(await money.balances(sellerId)).toEqual({ owed: -100_00, [at]: 100_00 });
    },
  );

  test.each(cases)(
    'to %s is booked once by ten at once',
    async (_step, from, record, { status, at }) => {
      const { sellerId, row } = await aPayout(from);
      const rows = await Promise.all(Array.from({ length: 10 }, () => record(row)));
      expect(new Set(rows.map((one) => one.status))).toEqual(new Set([status]));
      expect(await money.balances(sellerId)).toEqual({ owed: -100_00, [at]: 100_00 });
    },
  );

  test('that answers an attempt decides it in the same moment', async () => {
    const { payoutId } = await aPayout('sent');
    const attempts = await money.db
      .selectFrom('attempts')
      .select(['step', 'state', 'stripe_id'])
      .where('object_id', '=', payoutId)
      .orderBy('step')
      .execute();
    expect(attempts).toEqual([
      { step: 'payout', state: 'succeeded', stripe_id: `po_${payoutId.slice(7)}` },
      { step: 'transfer', state: 'succeeded', stripe_id: `tr_${payoutId.slice(7)}` },
    ]);
  });
});

describe('money that came back', () => {
  test('gives its earnings to the next payout', async () => {
    const { sellerId, payoutId } = await aPayout('sent');
    await recordReturn(money.db, await sentPayout(payoutId), failure);
    expect(await allocated(sellerId)).toBe(0);
    const next = await money.order(sellerId);
    expect(await reservePayout(money.db, next)).toMatchObject({
      status: 'transferred',
      fromAccount: 100_00,
    });
    expect(await allocated(sellerId)).toBe(100_00);
  });

  test('is a return when it was paid meanwhile, and the earnings are free once', async () => {
    const { sellerId, payoutId } = await aPayout('sent');
    const asRead = await sentPayout(payoutId);
    await recordPaid(money.db, asRead, 10);
    expect(await recordReturn(money.db, asRead, failure)).toMatchObject({
      status: 'returned',
      failureCode: 'account_closed',
    });
    expect(await money.balances(sellerId)).toEqual({ owed: -100_00, account: 100_00 });
  });

  test('comes back from a settled payout too, once', async () => {
    const { sellerId, payoutId, row } = await aPayout('paid');
    await recordSettled(money.db, row);
    const settled = await sentPayout(payoutId);
    await Promise.all([1, 2].map(() => recordReturn(money.db, settled, failure)));
    expect(await readPayout(money.db, payoutId)).toMatchObject({ status: 'returned' });
    expect(await money.balances(sellerId)).toEqual({ owed: -100_00, account: 100_00 });
    expect(await allocated(sellerId)).toBe(0);
  });
});

describe('a payout that was sent', () => {
  test('looks again at once when the event about it came first', async () => {
    const { payoutId } = await aPayout('transferred');
    const objectId = `po_${payoutId.slice(7)}`;
    const event = { eventId: `evt_${payoutId}`, type: 'payout.paid', account: 'acct_1', objectId };
    await recordEvents(money.db, [event], 'webhook');
    await money.sendOff(payoutId);
    const row = await readPayout(money.db, payoutId);
    expect(row.waitingFor).toBe('bank');
    expect(Date.parse(row.lookAgainAt ?? '')).toBeLessThanOrEqual(Date.parse(row.now));
  });

  test('looks when Stripe expects it to arrive when none came', async () => {
    const { row } = await aPayout('sent');
    expect(row.lookAgainAt).toBe('2040-01-01T00:00:00.000Z');
  });
});

describe('a run that was taken for dead', () => {
  test('writes no wait over a payout that has moved on', async () => {
    const { payoutId, row } = await aPayout('reserved');
    await money.transfer(payoutId);
    await money.sendOff(payoutId);
    const standing = await recordWait(money.db, row, { reason: 'platform-balance', minutes: 60 });
    expect(standing).toMatchObject({ status: 'sent', waitingFor: 'bank' });
  });

  test('parks no payout that has moved on, and unparks none', async () => {
    const { payoutId, row } = await aPayout('reserved');
    await parkPayout(money.db, row, 'unexpected-state');
    expect(await recordWait(money.db, row, { reason: 'capability', minutes: 1 })).toMatchObject({
      parked: 'unexpected-state',
      waitingFor: null,
    });
    const other = await aPayout('reserved');
    await money.transfer(other.payoutId);
    expect(await parkPayout(money.db, other.row, 'refused-by-stripe')).toMatchObject({
      status: 'transferred',
      parked: null,
    });
    expect((await readPayout(money.db, payoutId)).parked).toBe('unexpected-state');
  });

  test('counts no look-up a second time', async () => {
    const { payoutId, row } = await aPayout('reserved');
    const doubted = await recordNotFound(money.db, row, 'transfer');
    expect(doubted).toMatchObject({ unknownStep: 'transfer', lookUps: 0 });
    const [first, second] = await Promise.all([
      recordNotFound(money.db, doubted, 'transfer'),
      recordNotFound(money.db, doubted, 'transfer'),
    ]);
    expect([first.lookUps, second.lookUps]).toEqual([1, 1]);
    expect((await readPayout(money.db, payoutId)).lookUps).toBe(1);
  });
});

describe('an outcome that nobody knows', () => {
  test('is looked up at once, after 1, 10 and 60 minutes, then a person decides', async () => {
    const own = await startMoneyDatabase(2);
    const sellerId = await own.seller();
    await own.earn(sellerId, 100_00);
    const payoutId = await own.order(sellerId);
    await reservePayout(own.db, payoutId);
    const key = await own.send(payoutId, 'transfer');
    await recordUnknown(own.db, { key, error: {} });
    const minutes: number[] = [];
    let row = await readPayout(own.db, payoutId);
    for (let time = 0; !row.parked;) {
      row = await recordNotFound(own.db, row, 'transfer');
      if (row.lookAgainAt === null) break;
      const wait = Date.parse(row.lookAgainAt) - Date.parse(row.now);
      minutes.push(Math.round(wait / 60_000));
      time += wait;
      await own.moveTo(time);
    }
    expect(minutes).toEqual([0, 1, 10, 60]);
    expect(row).toMatchObject({ parked: 'outcome-unknown', unknownStep: 'transfer' });
    expect(row.status).toBe('reserved');
    await own.moveTo(48 * hourMs);
    expect(await readPayout(own.db, payoutId)).toMatchObject({ parked: 'outcome-unknown' });
  });
});

async function allocated(sellerId: SellerId): Promise<number> {
  const rows = await money.db
    .selectFrom('earnings')
    .select('allocated')
    .where('seller_id', '=', sellerId)
    .execute();
  return rows.reduce((sum, row) => sum + row.allocated, 0);
}
