import { beforeAll, describe, expect, test } from 'vitest';
import type { Tx } from '../../../db/connect.ts';
import { recordEarnings } from '../../../db/earnings/rows.ts';
import { type NewHold, placeHold, releaseHold } from '../../../db/holds.ts';
import { lockSeller } from '../../../db/locks.ts';
import { moveClock, readClock } from '../../../db/operations/clock.ts';
import { openPayday, recordSchedule, wakeForPayday } from '../../../db/paydays/rows.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import * as pauses from '../../../db/sellers/pauses.ts';
import { readSellerForWorkflow } from '../../../db/sellers/steps.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { manualSchedule } from '../../../domain/paydays/schedule.ts';
import { nextSellerStep } from '../../../domain/sellers.ts';
import { hourMs, type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});

const by = 'key_of_the_tests';
const schedule = { ...manualSchedule, thresholds: { eur: 100_00 } };
const inTx = <T>(run: (tx: Tx) => Promise<T>) => money.db.transaction().execute(run);

async function seller(): Promise<SellerId> {
  const sellerId = await money.seller();
  await money.db
    .updateTable('sellers')
    .set({ account_read_at: new Date().toISOString() })
    .where('id', '=', sellerId)
    .execute();
  await inTx((tx) => recordSchedule(tx, { sellerId, schedule, nextPayoutAt: null }));
  return sellerId;
}

/** As the API does: the earning, and whoever has to look because of it. */
async function earn(sellerId: SellerId, amount: number, availableOn?: string): Promise<void> {
  await money.earn(sellerId, amount, { ...(availableOn !== undefined && { availableOn }) });
  const brought = [{ currency: 'eur', amount }];
  await inTx((tx) => wakeForPayday(tx, { id: sellerId, schedule, nextPayoutAt: null }, brought));
}

const hold = (sellerId: SellerId, given: Partial<NewHold> = {}) =>
  inTx((tx) => {
    const all = { source: 'operator', reason: 'why', currency: null, amount: null } as const;
    return placeHold(tx, { sellerId, ...all, expiresAt: null, ...given }, by);
  });
const release = ({ id }: { id: `hold_${string}` }) =>
  inTx((tx) => releaseHold(tx, { holdId: id, reason: 'fine', by }));
const pause = (sellerId: SellerId) =>
  inTx((tx) => pauses.pauseSeller(tx, { sellerId, reason: 'why', by }));
const resume = (sellerId: SellerId) =>
  inTx((tx) => pauses.resumeSeller(tx, { sellerId, reason: 'fine', by }));

const inHours = async (hours: number) => {
  const { now } = await readClock(money.db);
  return new Date(Date.parse(now) + hours * hourMs).toISOString();
};
/** Moves the clock as the API does, and says whether this seller is told. */
async function letPass(sellerId: SellerId, hours: number): Promise<boolean> {
  const { offsetMs } = await readClock(money.db);
  await money.forgetWakeUps();
  await inTx((tx) => moveClock(tx, offsetMs + hours * hourMs));
  return `seller/${sellerId}` in (await money.wakeUps());
}

/**
 * What a seller's workflow does when it is told; answers with the orders that the threshold made.
 */
async function look(sellerId: SellerId): Promise<PayoutId[]> {
  for (;;) {
    const step = nextSellerStep(await readSellerForWorkflow(money.db, sellerId), new Set());
    if (step.kind !== 'open-payday') break;
    await openPayday(money.db, sellerId, () => ({ latest: null, upcoming: [] }));
  }
  const rows = await money.db
    .selectFrom('payouts')
    .select('id')
    .where('seller_id', '=', sellerId)
    .where('ordered_by', '=', 'threshold')
    .orderBy('created_at')
    .execute();
  return rows.map(({ id }) => id);
}

async function paid(sellerId: SellerId): Promise<number[]> {
  const amounts: number[] = [];
  for (const payoutId of await look(sellerId)) {
    const { fromPlatform, fromAccount } = await reservePayout(money.db, payoutId);
    amounts.push(fromPlatform + fromAccount);
  }
  return amounts;
}

describe('a threshold that a hold kept from being reached', () => {
  test('is paid when the hold is released', async () => {
    const sellerId = await seller();
    const held = await hold(sellerId);
    await earn(sellerId, 120_00);
    expect(await look(sellerId)).toEqual([]);
    await money.forgetWakeUps();
    await release(held);
    expect(await money.wakeUps()).toHaveProperty(`seller/${sellerId}`);
    expect(await paid(sellerId)).toEqual([120_00]);
  });

  test('is paid when the hold runs out, though no one knocks', async () => {
    const sellerId = await seller();
    await hold(sellerId, { expiresAt: await inHours(5) });
    await earn(sellerId, 120_00);
    expect(await look(sellerId)).toEqual([]);
    expect(await letPass(sellerId, 6)).toBe(true);
    expect(await paid(sellerId)).toEqual([120_00]);
  });

  test('is paid when the last of several runs out, and not before', async () => {
    const sellerId = await seller();
    await hold(sellerId, { currency: 'eur', amount: 15_00, expiresAt: await inHours(5) });
    await hold(sellerId, { currency: 'eur', amount: 15_00, expiresAt: await inHours(10) });
    await earn(sellerId, 110_00);
    expect(await letPass(sellerId, 6)).toBe(true);
    expect(await look(sellerId)).toEqual([]);
    expect(await letPass(sellerId, 5)).toBe(true);
    expect(await paid(sellerId)).toEqual([110_00]);
  });

  test('is paid at the expiry also of money that was there before the hold', async () => {
    const sellerId = await seller();
    await earn(sellerId, 120_00);
    const [first] = await look(sellerId);
    if (!first) throw new Error('nothing was ordered');
    await inTx((tx) => cancelPayout(tx, first, by));
    await hold(sellerId, { expiresAt: await inHours(5) });
    expect(await look(sellerId)).toEqual([first]);
    await letPass(sellerId, 6);
    expect(await look(sellerId)).toHaveLength(2);
  });

  test('is paid as soon as so much is earned that the hold is covered too', async () => {
    const sellerId = await seller();
    await hold(sellerId, { currency: 'eur', amount: 50_00 });
    await earn(sellerId, 120_00);
    await earn(sellerId, 10_00, await inHours(5));
    await earn(sellerId, 20_00, await inHours(10));
    expect(await letPass(sellerId, 6)).toBe(false);
    expect(await letPass(sellerId, 5)).toBe(true);
    expect(await paid(sellerId)).toEqual([100_00]);
  });

  test('is not looked at for what is earned while all is held', async () => {
    const sellerId = await seller();
    await hold(sellerId);
    await earn(sellerId, 120_00);
    await earn(sellerId, 10_00, await inHours(5));
    expect(await letPass(sellerId, 6)).toBe(false);
  });

  test('is paid beside what was ordered of it while it was held', async () => {
    const sellerId = await seller();
    const held = await hold(sellerId);
    await earn(sellerId, 130_00);
    const ordered = await money.order(sellerId, 10_00);
    await reservePayout(money.db, ordered);
    await release(held);
    expect(await look(sellerId)).toEqual([]);
    await money.forgetWakeUps();
    expect(await reservePayout(money.db, ordered)).toMatchObject({ fromPlatform: 10_00 });
    expect(await money.wakeUps()).toHaveProperty(`seller/${sellerId}`);
    expect(await look(sellerId)).toHaveLength(1);
  });

  test(
    'is paid though the money came in the moment of the release',
    { timeout: 120_000 },
    async () => {
      for (let round = 0; round < 20; round += 1) {
        const sellerId = await seller();
        const held = await hold(sellerId);
        await earn(sellerId, 60_00);
        await Promise.all([release(held), earnAsOne(sellerId, 60_00)]);
        expect(await look(sellerId)).toHaveLength(1);
      }
    },
  );
});

describe('a threshold of a paused seller', () => {
  test('is paid when the seller is resumed', async () => {
    const sellerId = await seller();
    await pause(sellerId);
    await earn(sellerId, 120_00);
    expect(await look(sellerId)).toEqual([]);
    await resume(sellerId);
    expect(await paid(sellerId)).toEqual([120_00]);
  });

  test('is paid when a hold was released meanwhile', async () => {
    const sellerId = await seller();
    const held = await hold(sellerId);
    await earn(sellerId, 120_00);
    await pause(sellerId);
    await release(held);
    expect(await look(sellerId)).toEqual([]);
    await resume(sellerId);
    expect(await paid(sellerId)).toEqual([120_00]);
  });

  test('is paid when its money came back meanwhile', async () => {
    const sellerId = await seller();
    await earn(sellerId, 120_00);
    const [first] = await look(sellerId);
    if (!first) throw new Error('nothing was ordered');
    await pause(sellerId);
    await inTx((tx) => cancelPayout(tx, first, by));
    await resume(sellerId);
    expect(await look(sellerId)).toHaveLength(2);
  });
});

/** The whole request in one transaction, as the API's is. */
async function earnAsOne(sellerId: SellerId, amount: number): Promise<void> {
  await inTx(async (tx) => {
    await lockSeller(tx, sellerId);
    const earning = { amount, currency: 'eur', charge: null, availableOn: null };
    await recordEarnings(tx, sellerId, [{ ...earning, externalId: null, description: null }]);
    const brought = [{ currency: 'eur', amount }];
    await wakeForPayday(tx, { id: sellerId, schedule, nextPayoutAt: null }, brought);
  });
}
