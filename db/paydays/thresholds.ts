import { sql } from 'kysely';
import { payableOf } from '../../domain/funds.ts';
import { firstExpiry, neededBeside } from '../../domain/holds.ts';
import type { SellerId } from '../../domain/ids.ts';
import { reachesThreshold, type Schedule } from '../../domain/paydays/schedule.ts';
import type { Tx } from '../connect.ts';
import { readFunds } from '../funds.ts';
import { businessNow } from '../time.ts';

/**
 * The thresholds of a schedule. Null for a seller without a schedule, who is paid only by order.
 */
type Thresholds = Pick<Schedule, 'thresholds'> | null;

/**
 * Reads the currencies that reach their threshold now, and the earliest time at which another
 * currency may reach its threshold, because earnings become available or a hold expires. A currency
 * is left out of `now` while one of its payouts has not reserved money yet, because that payout may
 * take the same money.
 */
export async function readThresholds(
  tx: Tx,
  sellerId: SellerId,
  schedule: Thresholds,
): Promise<{ now: string[]; next: string | null }> {
  const reached: string[] = [];
  const dates: string[] = [];
  if (!hasThresholds(schedule)) return { now: reached, next: null };
  const requested = await tx
    .selectFrom('payouts')
    .select('currency')
    .where('seller_id', '=', sellerId)
    .where('status', '=', 'requested')
    .execute();
  for (const funds of await readFunds(tx, sellerId, null)) {
    const { currency, atPlatform, atAccount, notYetAvailable, holds } = funds;
    const threshold = schedule.thresholds[currency];
    if (threshold === undefined) continue;
    const isOrdered = requested.some((payout) => payout.currency === currency);
    const isReached = reachesThreshold(schedule, { currency, amount: payableOf(funds) });
    if (isReached && !isOrdered) reached.push(currency);
    const left = isReached || isOrdered ? 0 : atPlatform + atAccount - notYetAvailable;
    const needed = neededBeside(holds, { amount: threshold, currency });
    const missing = needed === null ? null : needed - left;
    const coming = await findReached(tx, { sellerId, currency, missing });
    dates.push(...[coming, firstExpiry(holds, currency)].filter((date) => date !== null));
  }
  return { now: reached, next: dates.sort()[0] ?? null };
}

/**
 * Sets an earlier time for the seller's next look at its thresholds, if a threshold may be reached
 * before the recorded time. Returns true if the time changed.
 */
export async function lookForThreshold(
  tx: Tx,
  sellerId: SellerId,
  schedule: Thresholds,
): Promise<boolean> {
  const reached = await readThresholds(tx, sellerId, schedule);
  const at = reached.now.length > 0 ? businessNow : reached.next;
  return at !== null && lookAt(tx, sellerId, at);
}

/**
 * Makes the seller look at its thresholds when the hold expires, even if a threshold may not be
 * reached then.
 */
export async function lookAtExpiry(
  tx: Tx,
  sellerId: SellerId,
  { schedule, expiresAt }: { schedule: Thresholds; expiresAt: string | null },
): Promise<void> {
  if (hasThresholds(schedule) && expiresAt !== null) await lookAt(tx, sellerId, expiresAt);
}

async function lookAt(
  tx: Tx,
  sellerId: SellerId,
  at: string | typeof businessNow,
): Promise<boolean> {
  const sooner = await tx
    .updateTable('sellers')
    .set({ threshold_look_at: at })
    .where('id', '=', sellerId)
    .where((is) => is.or([is('threshold_look_at', 'is', null), is('threshold_look_at', '>', at)]))
    .returning('id')
    .executeTakeFirst();
  return sooner !== undefined;
}

function hasThresholds(schedule: Thresholds): schedule is NonNullable<Thresholds> {
  return schedule !== null && Object.keys(schedule.thresholds).length > 0;
}

/**
 * The time at which upcoming earnings reach the missing amount. Null if they do not reach it, or if
 * no amount would be enough.
 */
async function findReached(
  tx: Tx,
  of: { sellerId: SellerId; currency: string; missing: number | null },
): Promise<string | null> {
  if (of.missing === null) return null;
  const { rows } = await sql<{ at: string | null }>`
    select min(available_on) as at from (
      select available_on,
        sum(amount - allocated - held) over (order by available_on, id) as upto
      from earnings where seller_id = ${of.sellerId} and currency = ${of.currency}
        and allocated < amount and available_on > business_now()
    ) as coming where upto >= ${of.missing}
  `.execute(tx);
  return rows[0]?.at ?? null;
}

/**
 * When a seller's workflow must look at its payday and thresholds, as a part of any query over
 * `sellers`. The payday counts only while the seller has money.
 */
export const paydayAt = sql<string | null>`least(threshold_look_at,
  case when next_payout_at is not null and exists (select from balances
    where balances.seller_id = sellers.id and place in ('platform', 'account') and amount > 0)
  then next_payout_at end)`;
