import type { SellerId } from '../../domain/ids.ts';
import { manualSchedule, reachesThreshold, type Schedule } from '../../domain/paydays/schedule.ts';
import type { Db, Tx } from '../connect.ts';
import { readFunds } from '../funds.ts';
import { lock } from '../locks.ts';
import { businessNow } from '../time.ts';
import { wakeSeller } from '../wake-ups.ts';
import { orderPayday, orderThreshold } from './orders.ts';
import { lookForThreshold, readThresholds } from './thresholds.ts';

/**
 * Calculates a seller's paydays. The caller passes this function, because db/ knows neither time
 * zones nor bank holidays.
 */
export type Calendar = (
  seller: { schedule: Schedule; country: string; currency: string },
  around: { now: string; count: number },
) => { latest: string | null; upcoming: string[] };

/**
 * Records a seller's new schedule and next payday.
 */
export async function recordSchedule(
  tx: Tx,
  seller: { sellerId: SellerId; schedule: Schedule; nextPayoutAt: string | null },
): Promise<void> {
  const { sellerId, schedule } = seller;
  await tx
    .updateTable('sellers')
    .set({
      schedule: JSON.stringify(schedule),
      next_payout_at: seller.nextPayoutAt,
      threshold_look_at: null,
    })
    .where('id', '=', sellerId)
    .execute();
  await lookForThreshold(tx, sellerId, schedule);
  await wakeSeller(tx, sellerId);
}

/**
 * Orders the payouts that are due for an active seller: for the latest payday that has come, and
 * for every currency that reaches its threshold. Then records when to look again, so a repeat finds
 * nothing due. The payday of a seller that is paused or not active stays due. The lock on the
 * seller prevents a reservation of the same money.
 */
export async function openPayday(db: Db, sellerId: SellerId, calendar: Calendar): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const seller = await lockSeller(tx, sellerId);
    if (seller.status !== 'active' || seller.paused_at !== null) return;
    const { now, next_payout_at: next, threshold_look_at: look, country, currency } = seller;
    const schedule = seller.schedule ?? manualSchedule;
    const isPayday = next !== null && next <= now;
    if (!isPayday && (look === null || look > now)) return;
    const { latest, upcoming } = calendar({ schedule, country, currency }, { now, count: 1 });
    if (isPayday) {
      const payday = latest !== null && latest > next ? latest : next;
      await orderPayday(tx, sellerId, { schedule, payday });
    }
    const reached = await readThresholds(tx, sellerId, schedule);
    for (const reachedIn of reached.now) {
      await orderThreshold(tx, sellerId, reachedIn);
    }
    await tx
      .updateTable('sellers')
      .set({
        next_payout_at: isPayday ? (upcoming[0] ?? null) : next,
        threshold_look_at: reached.next,
      })
      .where('id', '=', sellerId)
      .execute();
  });
}

/**
 * Wakes a seller after new earnings in two cases: the workflow does not wait for the next payday,
 * because the seller had no money, or a threshold may be reached. The ledger entries of the
 * earnings lock the balances, so the later of two simultaneous requests sees the money of both.
 * Returns true if the seller was woken.
 */
export async function wakeForPayday(
  tx: Tx,
  seller: { id: SellerId; schedule: Schedule; nextPayoutAt: string | null },
  brought: readonly { currency: string; amount: number }[],
): Promise<boolean> {
  if (brought.length === 0) return false;
  const sums = new Map<string, number>();
  for (const { currency, amount } of brought) {
    sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }
  const funds = await readFunds(tx, seller.id, 'infinity');
  const slept =
    seller.nextPayoutAt !== null &&
    funds.some(({ currency, atPlatform, atAccount }) => {
      return atPlatform + atAccount <= (sums.get(currency) ?? 0);
    });
  const mayReach = funds.some(({ currency, atPlatform, atAccount }) =>
    reachesThreshold(seller.schedule, { currency, amount: atPlatform + atAccount }),
  );
  const looksSooner = mayReach && (await lookForThreshold(tx, seller.id, seller.schedule));
  if (slept || looksSooner) await wakeSeller(tx, seller.id);
  return slept || looksSooner;
}

async function lockSeller(tx: Tx, sellerId: SellerId) {
  return tx
    .selectFrom('sellers')
    .select([
      'status',
      'country',
      'currency',
      'schedule',
      'next_payout_at',
      'threshold_look_at',
      'paused_at',
    ])
    .select(businessNow.as('now'))
    .where('id', '=', sellerId)
    .modifyEnd(lock('sellers', 'to-change'))
    .executeTakeFirstOrThrow();
}
