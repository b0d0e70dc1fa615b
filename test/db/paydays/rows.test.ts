import { beforeAll, describe, expect, test } from 'vitest';
import { paydaysAround } from '../../../activities/paydays/calendar.ts';
import { moveClock } from '../../../db/operations/clock.ts';
import { wakeOverdue } from '../../../db/overdue.ts';
import { openPayday, recordSchedule, wakeForPayday } from '../../../db/paydays/rows.ts';
import { lookForThreshold } from '../../../db/paydays/thresholds.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { recordCharge } from '../../../db/reconciliation/charges/coverage.ts';
import { readSellerForWorkflow } from '../../../db/sellers/steps.ts';
import { newId, type SellerId } from '../../../domain/ids.ts';
import { manualSchedule, type Schedule } from '../../../domain/paydays/schedule.ts';
import { hourMs, type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { aCharge } from '../../build/movement.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});

const daily: Schedule = { ...manualSchedule, interval: 'daily', minimums: { eur: 10_00 } };

const agoHours = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString();

/** A seller whose payday has come since an hour, unless said otherwise. */
async function paid(given: Partial<Schedule> = {}, nextPayoutAt: string | null = agoHours(1)) {
  const sellerId = await money.seller();
  const schedule = { ...daily, ...given };
  await money.db
    .transaction()
    .execute((tx) => recordSchedule(tx, { sellerId, schedule, nextPayoutAt }));
  await money.forgetWakeUps();
  return sellerId;
}

/** An earning that is there since so many hours. */
async function earned(sellerId: SellerId, amount: number, hours: number, currency = 'eur') {
  const id = await money.earn(sellerId, amount, { currency, availableOn: agoHours(hours) });
  await money.db
    .updateTable('earnings')
    .set({ created_at: agoHours(hours) })
    .where('id', '=', id)
    .execute();
}

/** A calendar whose latest payday is the one that stands, and whose next is tomorrow. */
const tomorrow = new Date(Date.now() + 24 * hourMs).toISOString();
const open = (sellerId: SellerId) =>
  openPayday(money.db, sellerId, () => ({ latest: null, upcoming: [tomorrow] }));

async function payoutsOf(sellerId: SellerId) {
  const rows = await money.db
    .selectFrom('payouts')
    .selectAll()
    .where('seller_id', '=', sellerId)
    .orderBy('currency')
    .orderBy('created_at')
    .execute();
  return rows.map((row) => [row.currency, row.status, row.skip_reason, row.ordered_by]);
}

const readNext = async (sellerId: SellerId) =>
  money.db
    .selectFrom('sellers')
    .select(['next_payout_at', 'threshold_look_at'])
    .where('id', '=', sellerId)
    .executeTakeFirstOrThrow();

describe('a payday', () => {
  test('orders a payout for each currency, or says why not, and plans the next', async () => {
    const sellerId = await paid();
    await earned(sellerId, 9_99, 2);
    await earned(sellerId, 1, 2, 'usd');
    await earned(sellerId, 500, 2, 'jpy');
    await open(sellerId);
    expect(await payoutsOf(sellerId)).toEqual([
      ['eur', 'skipped', 'below-minimum', 'schedule'],
      ['jpy', 'requested', null, 'schedule'],
      ['usd', 'requested', null, 'schedule'],
    ]);
    expect(await readNext(sellerId)).toMatchObject({ next_payout_at: tomorrow });
  });

  test('opened five times at once is opened once', async () => {
    const sellerId = await paid();
    await earned(sellerId, 20_00, 2);
    await Promise.all(Array.from({ length: 5 }, () => open(sellerId)));
    expect(await payoutsOf(sellerId)).toHaveLength(1);
  });

  test('of the same time is one, even if it is planned again', async () => {
    const at = agoHours(1);
    const sellerId = await paid({}, at);
    await earned(sellerId, 20_00, 2);
    await open(sellerId);
    await money.db.updateTable('sellers').set({ next_payout_at: at }).execute();
    await open(sellerId);
    expect(await payoutsOf(sellerId)).toHaveLength(1);
  });

  test('that has not come is not opened', async () => {
    const sellerId = await paid({}, tomorrow);
    await earned(sellerId, 20_00, 2);
    await open(sellerId);
    expect(await payoutsOf(sellerId)).toEqual([]);
  });

  test('pays what was there by its cut-off, and nothing that came after', async () => {
    const sellerId = await paid({ cutOffHours: 24 });
    await earned(sellerId, 20_00, 26);
    await earned(sellerId, 30_00, 24);
    await money.earn(sellerId, 40_00, { availableOn: agoHours(48) });
    await open(sellerId);
    const [payout] = await money.db
      .selectFrom('payouts')
      .select('id')
      .where('seller_id', '=', sellerId)
      .execute();
    if (!payout) throw new Error('nothing was ordered');
    expect(await reservePayout(money.db, payout.id)).toMatchObject({
      status: 'reserved',
      fromPlatform: 20_00,
    });
    const items = await money.db
      .selectFrom('payout_items')
      .select('amount')
      .where('payout_id', '=', payout.id)
      .execute();
    expect(items).toEqual([{ amount: 20_00 }]);
  });

  test('of a seller that is not active is kept', async () => {
    const at = agoHours(1);
    const sellerId = await paid({}, at);
    await earned(sellerId, 20_00, 2);
    const become = (status: 'restricted' | 'active') =>
      money.db.updateTable('sellers').set({ status }).where('id', '=', sellerId).execute();
    await become('restricted');
    await open(sellerId);
    expect(await payoutsOf(sellerId)).toEqual([]);
    expect(await readNext(sellerId)).toMatchObject({ next_payout_at: at });
    await become('active');
    await open(sellerId);
    expect(await payoutsOf(sellerId)).toHaveLength(1);
  });

  test('at which all is held leaves it for the next, and says so', async () => {
    const sellerId = await paid();
    await earned(sellerId, 20_00, 2);
    await money.db
      .insertInto('holds')
      .values({
        id: newId('hold'),
        seller_id: sellerId,
        source: 'operator',
        reason: 'r',
        placed_by: 'key_test',
        release_rule: 'manual',
      })
      .execute();
    await open(sellerId);
    expect(await payoutsOf(sellerId)).toEqual([['eur', 'skipped', 'on-hold', 'schedule']]);
  });

  test('that was missed for weeks is the latest one, with its cut-off', async () => {
    const sellerId = await paid({}, agoHours(30 * 24));
    await earned(sellerId, 20_00, 26 * 24);
    await openPayday(money.db, sellerId, paydaysAround);
    const [payout] = await money.db
      .selectFrom('payouts')
      .select('payday')
      .where('seller_id', '=', sellerId)
      .execute();
    expect((payout?.payday ?? '') > agoHours(6 * 24)).toBe(true);
  });
});

describe('a seller with a schedule', () => {
  test('waits for its payday only while money waits for it', async () => {
    const sellerId = await paid({}, tomorrow);
    const waitsUntil = async () => (await readSellerForWorkflow(money.db, sellerId)).paydayAt;
    expect(await waitsUntil()).toBeNull();
    await money.earn(sellerId, 20_00, { availableOn: '2040-01-01T00:00:00Z' });
    expect(await waitsUntil()).toBe(tomorrow);
  });

  test('is woken by its first money, and not again', async () => {
    const sellerId = await paid({}, tomorrow);
    const bring = async (amount: number) => {
      await money.forgetWakeUps();
      await money.earn(sellerId, amount);
      const seller = { id: sellerId, schedule: daily, nextPayoutAt: tomorrow };
      const brought = [{ currency: 'eur', amount }];
      await money.db.transaction().execute((tx) => wakeForPayday(tx, seller, brought));
      return Object.keys(await money.wakeUps());
    };
    expect(await bring(5_00)).toEqual([`seller/${sellerId}`]);
    expect(await bring(5_00)).toEqual([]);
  });

  test('is woken by a move of the clock and by the sweep only if it has money', async () => {
    const [poor, rich] = [await paid(), await paid()];
    await money.earn(rich, 20_00);
    await money.forgetWakeUps();
    await wakeOverdue(money.db, 2);
    const woken = async () => {
      const all = Object.keys(await money.wakeUps());
      return [poor, rich].map((id) => all.includes(`seller/${id}`));
    };
    expect(await woken()).toEqual([false, true]);
    await money.forgetWakeUps();
    await money.db.transaction().execute((tx) => moveClock(tx, 0));
    expect(await woken()).toEqual([false, true]);
  });
});

test('a seller whose order nobody started is woken by the sweep', async () => {
  const sellerId = await paid();
  await money.order(sellerId);
  await money.forgetWakeUps();
  await wakeOverdue(money.db, 2);
  expect(await money.wakeUps()).not.toHaveProperty(`seller/${sellerId}`);
  await wakeOverdue(money.db, 0);
  expect(await money.wakeUps()).toHaveProperty(`seller/${sellerId}`);
});

describe('a threshold', () => {
  const thresholds = { eur: 100_00 };
  const look = (sellerId: SellerId) =>
    money.db.transaction().execute((tx) => lookForThreshold(tx, sellerId, { thresholds }));

  test('is paid as soon as it is reached, and not below', async () => {
    const sellerId = await paid({ interval: 'manual', minimums: {}, thresholds }, null);
    await money.earn(sellerId, 99_99);
    expect(await look(sellerId)).toBe(false);
    await open(sellerId);
    expect(await payoutsOf(sellerId)).toEqual([]);
    await money.earn(sellerId, 1);
    expect(await look(sellerId)).toBe(true);
    await Promise.all([open(sellerId), open(sellerId)]);
    expect(await payoutsOf(sellerId)).toEqual([['eur', 'requested', null, 'threshold']]);
    expect(await readNext(sellerId)).toEqual({ next_payout_at: null, threshold_look_at: null });
  });

  test('is looked at when the earnings to come reach it', async () => {
    const sellerId = await paid({ thresholds }, tomorrow);
    await money.earn(sellerId, 50_00);
    await money.earn(sellerId, 30_00, { availableOn: '2040-01-01T00:00:00Z' });
    await money.earn(sellerId, 30_00, { availableOn: '2040-01-02T00:00:00Z' });
    expect(await look(sellerId)).toBe(true);
    expect(await readNext(sellerId)).toMatchObject({
      threshold_look_at: '2040-01-02T00:00:00.000Z',
    });
    expect(await look(sellerId)).toBe(false);
  });

  test('is looked at when a charge said when its money is there', async () => {
    const sellerId = await paid({ thresholds }, tomorrow);
    const earningId = await money.earn(sellerId, 100_00, { charge: 'ch_1' });
    expect(await look(sellerId)).toBe(false);
    const availableOn = '2040-01-01T00:00:00Z';
    await recordCharge(money.db, { earningId, charge: aCharge(), availableOn });
    expect(await readNext(sellerId)).toMatchObject({
      threshold_look_at: '2040-01-01T00:00:00.000Z',
    });
    expect(await money.wakeUps()).toHaveProperty(`seller/${sellerId}`);
  });
});
