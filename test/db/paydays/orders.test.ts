import { beforeAll, describe, expect, test } from 'vitest';
import { resumeBankAccount } from '../../../db/accounts/bank-pauses.ts';
import { type NewHold, placeHold, releaseHold } from '../../../db/holds.ts';
import { openPayday, recordSchedule } from '../../../db/paydays/rows.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { newId, type PayoutId, type SellerId } from '../../../domain/ids.ts';
import { manualSchedule, type Schedule } from '../../../domain/paydays/schedule.ts';
import { hourMs, type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});

const daily: Schedule = { ...manualSchedule, interval: 'daily', minimums: { eur: 10_00 } };
const dayMs = 24 * hourMs;

/** The instant of a payday so many days ago. */
const ago = (days: number) => new Date(Date.now() - days * dayMs).toISOString();

/** A daily seller whose money was earned before the payday of so many days ago. */
async function seller(amount: number, days = 200): Promise<SellerId> {
  const sellerId = await money.seller();
  await money.db
    .transaction()
    .execute((tx) => recordSchedule(tx, { sellerId, schedule: daily, nextPayoutAt: null }));
  if (amount > 0) await earned(sellerId, amount, days);
  return sellerId;
}

async function earned(sellerId: SellerId, amount: number, days: number): Promise<void> {
  const id = await money.earn(sellerId, amount, { availableOn: ago(days) });
  const at = { created_at: ago(days) };
  await money.db.updateTable('earnings').set(at).where('id', '=', id).execute();
}

/** Opens the payday of so many days ago. */
async function open(sellerId: SellerId, days: number): Promise<void> {
  await money.db
    .updateTable('sellers')
    .set({ next_payout_at: ago(days) })
    .where('id', '=', sellerId)
    .execute();
  await openPayday(money.db, sellerId, () => ({ latest: null, upcoming: [ago(-1)] }));
}

async function openMany(sellerId: SellerId, from: number, to: number): Promise<void> {
  for (let days = from; days >= to; days -= 1) await open(sellerId, days);
}

/** The bank account of the seller is closed, and paused for that. */
async function closeBank(sellerId: SellerId): Promise<void> {
  await money.bank(sellerId, 'eur');
  await money.db
    .updateTable('bank_accounts')
    .set({ paused_at: ago(1), stripe_id: `ba_${sellerId}` })
    .where('seller_id', '=', sellerId)
    .execute();
}

const resumeBank = (sellerId: SellerId) =>
  money.db.transaction().execute((tx) => resumeBankAccount(tx, sellerId, `ba_${sellerId}`));

function hold(sellerId: SellerId, given: Partial<NewHold> = {}) {
  const all = { source: 'operator', reason: 'why', currency: null, amount: null } as const;
  return money.db
    .transaction()
    .execute((tx) => placeHold(tx, { sellerId, ...all, expiresAt: null, ...given }, 'key_test'));
}

async function rowsOf(sellerId: SellerId) {
  return money.db
    .selectFrom('payouts')
    .selectAll()
    .where('seller_id', '=', sellerId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

async function told(sellerId: SellerId) {
  const rows = await rowsOf(sellerId);
  return rows.map(
    ({ status, skip_reason, ordered_by }) => `${ordered_by} ${skip_reason ?? status}`,
  );
}

/** Lets the one open order go on, and answers with what it reserves. */
async function go(sellerId: SellerId) {
  const open = (await rowsOf(sellerId)).filter(({ status }) => status === 'requested');
  expect(open).toHaveLength(1);
  const { fromPlatform, waitingFor } = await reservePayout(money.db, open[0]?.id as PayoutId);
  return { fromPlatform, waitingFor };
}

describe('a daily seller behind a closed bank account', () => {
  test('has one order for all paydays, which pays the money of all of them', async () => {
    const sellerId = await seller(100_00);
    await closeBank(sellerId);
    await open(sellerId, 102);
    expect(await go(sellerId)).toMatchObject({ waitingFor: 'bank-details' });
    await openMany(sellerId, 101, 51);
    await earned(sellerId, 1_00, 50.5);
    await openMany(sellerId, 50, 1);
    const [order, ...others] = await rowsOf(sellerId);
    expect(others).toEqual([]);
    const isPast = (instant: string | null) => instant !== null && instant > ago(2);
    expect(
      [order?.payday, order?.last_payday, order?.cut_off_at].map((at) => isPast(at ?? null)),
    ).toEqual([false, true, true]);
    await resumeBank(sellerId);
    expect(await go(sellerId)).toMatchObject({ fromPlatform: 101_00 });
    expect(await told(sellerId)).toEqual(['schedule reserved']);
  });

  test('is not paid what came after the cut-off of the last payday', async () => {
    const sellerId = await seller(100_00);
    await closeBank(sellerId);
    await openMany(sellerId, 3, 2);
    await earned(sellerId, 40_00, 1);
    await resumeBank(sellerId);
    expect(await go(sellerId)).toMatchObject({ fromPlatform: 100_00 });
  });

  test('whose order the platform placed has no other order for its paydays', async () => {
    const sellerId = await seller(100_00);
    await closeBank(sellerId);
    await money.order(sellerId);
    await openMany(sellerId, 5, 1);
    expect(await told(sellerId)).toEqual([expect.stringMatching(/^key_\w+ requested$/)]);
    const [order] = await rowsOf(sellerId);
    expect([order?.payday, order?.cut_off_at]).toEqual([null, null]);
  });
});

describe('a payday beside an order for an amount', () => {
  test('orders the rest', async () => {
    const sellerId = await seller(100_00);
    await money.order(sellerId, 60_00);
    await openMany(sellerId, 3, 1);
    const rows = await rowsOf(sellerId);
    expect(rows.map((row) => row.requested_amount)).toEqual([60_00, null]);
  });

  test('orders no rest below the minimum', async () => {
    const sellerId = await seller(100_00);
    await money.order(sellerId, 95_00);
    await open(sellerId, 1);
    expect((await told(sellerId))[1]).toBe('schedule below-minimum');
  });

  test('that takes all orders nothing and skips nothing', async () => {
    const sellerId = await seller(100_00);
    await money.order(sellerId, 100_00);
    await openMany(sellerId, 3, 1);
    expect(await rowsOf(sellerId)).toHaveLength(1);
  });
});

describe('a payday that is skipped', () => {
  test('for the same reason as the one before is told once', async () => {
    const sellerId = await seller(5_00);
    await openMany(sellerId, 102, 1);
    expect(await told(sellerId)).toEqual(['schedule below-minimum']);
    const [row] = await rowsOf(sellerId);
    expect((row?.last_payday ?? '') > ago(2)).toBe(true);
  });

  test('for another reason, or after a payout, is told again', async () => {
    const sellerId = await seller(5_00);
    await openMany(sellerId, 20, 18);
    const { id } = await hold(sellerId);
    await openMany(sellerId, 17, 15);
    await money.db
      .transaction()
      .execute((tx) => releaseHold(tx, { holdId: id, reason: 'why', by: 'key_test' }));
    await openMany(sellerId, 14, 12);
    await reservePayout(money.db, await money.order(sellerId, 1_00));
    await openMany(sellerId, 11, 9);
    expect(await told(sellerId)).toEqual([
      'schedule below-minimum',
      'schedule on-hold',
      'schedule below-minimum',
      expect.stringMatching(/^key_\w+ reserved$/),
      'schedule below-minimum',
    ]);
  });

  test('is told again for another currency', async () => {
    const sellerId = await seller(5_00);
    await open(sellerId, 2);
    const id = await money.earn(sellerId, 7_00, { currency: 'usd', availableOn: ago(9) });
    const at = { created_at: ago(9) };
    await money.db.updateTable('earnings').set(at).where('id', '=', id).execute();
    await hold(sellerId, { currency: 'usd' });
    await open(sellerId, 1);
    expect((await told(sellerId)).toSorted()).toEqual([
      'schedule below-minimum',
      'schedule on-hold',
    ]);
  });
});

describe('an order that waits for a hold', () => {
  test('takes the paydays that come, and looks again because of each', async () => {
    const sellerId = await seller(100_00);
    await hold(sellerId, { currency: 'eur', amount: 100_00 });
    const payoutId = await money.order(sellerId);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ waitingFor: 'hold' });
    await openMany(sellerId, 9, 5);
    expect(await rowsOf(sellerId)).toHaveLength(1);
    await money.forgetWakeUps();
    await earned(sellerId, 3_00, 4);
    await open(sellerId, 3);
    expect(await money.wakeUps()).toHaveProperty(`payout/${payoutId}`);
    expect(await go(sellerId)).toMatchObject({ fromPlatform: 3_00 });
  });
});

describe('a threshold', () => {
  test('that is reached behind a closed bank account is ordered once, also on paydays', async () => {
    const sellerId = await seller(0);
    const schedule = { ...daily, thresholds: { eur: 50_00 } };
    await closeBank(sellerId);
    await earned(sellerId, 60_00, 200);
    await money.db
      .transaction()
      .execute((tx) => recordSchedule(tx, { sellerId, schedule, nextPayoutAt: null }));
    await openPayday(money.db, sellerId, () => ({ latest: null, upcoming: [] }));
    expect(await go(sellerId)).toMatchObject({ waitingFor: 'bank-details' });
    await openMany(sellerId, 9, 1);
    expect(await told(sellerId)).toEqual(['threshold requested']);
  });
});

test('a payout that replaces a returned one is not ordered beside an order that pays its money', async () => {
  const sellerId = await seller(100_00);
  await closeBank(sellerId);
  await money.db
    .insertInto('payouts')
    .values({
      id: newId('payout'),
      seller_id: sellerId,
      currency: 'eur',
      status: 'failed',
      ordered_by: 'schedule',
      from_account: 100_00,
      reserved_at: ago(20),
      over_at: ago(10),
      created_at: ago(21),
      awaits_details: true,
    })
    .execute();
  await openMany(sellerId, 3, 1);
  await resumeBank(sellerId);
  expect(await told(sellerId)).toEqual(['schedule failed', 'schedule requested']);
});
