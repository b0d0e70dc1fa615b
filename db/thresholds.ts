import { sql } from 'kysely';
import { sellerWorkflowId, type SellerId } from '../domain/ids.ts';
import { payableOf } from '../domain/payout.ts';
import { reachesThreshold, type Schedule } from '../domain/schedule.ts';
import type { Tx } from './connect.ts';
import { readPaydayFunds } from './payday-funds.ts';
import { businessNow } from './payouts.ts';
import { addWakeUps } from './wake-ups.ts';

type Thresholds = Pick<Schedule, 'thresholds'>;

/**
 * The currencies that reach their threshold now, and when the next does by what is earned already.
 * A currency with a payout that has not set its money aside yet waits: it may be the same money.
 */
export async function readThresholds(
  tx: Tx,
  sellerId: SellerId,
  schedule: Thresholds,
): Promise<{ now: string[]; next: string | null }> {
  const reached: string[] = [];
  const dates: string[] = [];
  if (Object.keys(schedule.thresholds).length === 0) return { now: reached, next: null };
  const requested = await tx
    .selectFrom('payouts')
    .select('currency')
    .where('seller_id', '=', sellerId)
    .where('status', '=', 'requested')
    .execute();
  for (const funds of await readPaydayFunds(tx, sellerId, null)) {
    const { currency, atPlatform, atAccount, notYetAvailable } = funds;
    const threshold = schedule.thresholds[currency];
    if (threshold === undefined) continue;
    const isOrdered = requested.some((payout) => payout.currency === currency);
    const isReached = reachesThreshold(schedule, { currency, amount: payableOf(funds) });
    if (isReached && !isOrdered) reached.push(currency);
    const left = isReached || isOrdered ? 0 : atPlatform + atAccount - notYetAvailable;
    const at = await findReached(tx, { sellerId, currency, missing: threshold - left });
    if (at !== null) dates.push(at);
  }
  return { now: reached, next: dates.sort()[0] ?? null };
}

/** Something may reach a threshold sooner than was known: true when the seller has to look then. */
export async function lookForThreshold(
  tx: Tx,
  sellerId: SellerId,
  schedule: Thresholds,
): Promise<boolean> {
  const reached = await readThresholds(tx, sellerId, schedule);
  const at = reached.now.length > 0 ? businessNow : reached.next;
  if (at === null) return false;
  const sooner = await tx
    .updateTable('sellers')
    .set({ threshold_look_at: at })
    .where('id', '=', sellerId)
    .where((is) => is.or([is('threshold_look_at', 'is', null), is('threshold_look_at', '>', at)]))
    .returning('id')
    .executeTakeFirst();
  return sooner !== undefined;
}

/**
 * Held before anything of the seller's is written that `lookForThreshold` follows: a reservation
 * locks in this order too.
 */
export async function lockSeller(tx: Tx, sellerId: SellerId): Promise<void> {
  await tx
    .selectFrom('sellers')
    .select('id')
    .where('id', '=', sellerId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** Has a seller's workflow look at its row. */
export async function wakeSeller(tx: Tx, sellerId: SellerId): Promise<void> {
  await addWakeUps(tx, [{ workflowId: sellerWorkflowId(sellerId), topics: ['payouts'] }]);
}

/** When the earnings to come add up to what is missing. */
async function findReached(
  tx: Tx,
  of: { sellerId: SellerId; currency: string; missing: number },
): Promise<string | null> {
  const { rows } = await sql<{ at: string | null }>`
    select min(available_on) as at from (
      select available_on, sum(amount - allocated) over (order by available_on, id) as upto
      from earnings where seller_id = ${of.sellerId} and currency = ${of.currency}
        and allocated < amount and available_on > business_now()
    ) as coming where upto >= ${of.missing}
  `.execute(tx);
  return rows[0]?.at ?? null;
}
