import { type RawBuilder, sql } from 'kysely';
import type { DiscrepancyId, EarningId, PayoutId, SellerId } from '../../domain/ids.ts';
import type { Tx } from '../connect.ts';
import { placeHold } from '../holds.ts';
import { lock } from '../locks.ts';
import { hasLeft } from '../schema/statuses.ts';

/** How much of a seller's earnings a payout pays, in minor units. */
export type Allocation = {
  payoutId: PayoutId;
  sellerId: SellerId;
  currency: string;
  amount: number;
};

/**
 * Part of a larger statement: allocates the oldest open earnings that match `which` to a payout,
 * and only part of the last earning if the amount requires it. Leaves out what is held of an
 * earning.
 */
export function allocation(
  { payoutId, sellerId, currency, amount }: Allocation,
  which: RawBuilder<unknown> = sql`true`,
) {
  return sql`open as (
      select id, amount - allocated - held as rest,
        sum(amount - allocated - held) over (order by available_on, id) as upto
      from earnings
      where seller_id = ${sellerId} and currency = ${currency} and allocated < amount
        and allocated + held < amount and ${which}
    ), taken as (
      select id, least(rest, ${amount} - (upto - rest))::bigint as part
      from open where upto - rest < ${amount}
    ), item as (
      insert into payout_items (payout_id, earning_id, amount)
      select ${payoutId}, id, part from taken
      on conflict (payout_id, earning_id) do update
        set amount = excluded.amount, released_at = null
    ), given as (
      update earnings set allocated = allocated + part from taken where earnings.id = taken.id
    )`;
}

/**
 * Allocates available earnings to existing payouts. Earnings that are not available yet get no
 * allocation, because the payable amount excludes only their unallocated part.
 */
export async function allocate(tx: Tx, all: readonly Allocation[]): Promise<void> {
  for (const one of all) {
    const which = sql`available_on <= business_now() and ${notIn(one)}`;
    await sql`with ${allocation(one, which)} select`.execute(tx);
  }
}

/**
 * Allocates earnings to a payout that somebody else paid: first the available ones, then those that
 * were paid early. These are taken from the platform first, because money at the account that
 * Stripe has not made available cannot have been paid.
 */
export async function allocatePaid(tx: Tx, paid: Allocation): Promise<void> {
  const isAvailable = sql`(available_on <= business_now()) is true`;
  const inOrder = [
    isAvailable,
    sql`not ${isAvailable} and place = 'platform'`,
    sql`not ${isAvailable} and place = 'account'`,
  ];
  let { amount } = paid;
  for (const which of inOrder) {
    if (amount === 0) return;
    const { rows } = await sql<{ given: number }>`
      with ${allocation({ ...paid, amount }, which)}
      select coalesce(sum(part), 0)::bigint as given from taken
    `.execute(tx);
    amount -= rows[0]?.given ?? 0;
  }
}

/**
 * Releases the earnings of a payout that ended unpaid. Adopted payouts whose earnings are unknown
 * get the released earnings first; the next payout gets the rest.
 */
export async function releaseEarnings(
  tx: Tx,
  { payoutId, sellerId }: Pick<Allocation, 'payoutId' | 'sellerId'>,
): Promise<void> {
  const unexplained = await lockUnexplained(tx, sellerId);
  await sql`
    with item as (
      update payout_items set released_at = business_now()
      where payout_id = ${payoutId} and released_at is null returning earning_id, amount
    )
    update earnings set allocated = allocated - item.amount from item
    where earnings.id = item.earning_id
  `.execute(tx);
  await holdOverpaid(tx, payoutId);
  await allocate(tx, unexplained);
}

/**
 * Holds released earnings that an open discrepancy reports as overpaid, so that the next payout
 * does not pay again what their charge does not cover. What was held before because of the
 * discrepancy is not held again, even if a person has released it.
 */
async function holdOverpaid(tx: Tx, payoutId: PayoutId): Promise<void> {
  const { rows } = await sql<{
    earningId: EarningId;
    sellerId: SellerId;
    about: DiscrepancyId;
    amount: number;
    currency: string;
  }>`
    select earnings.id as "earningId", earnings.seller_id as "sellerId", earnings.currency,
      discrepancies.id as about,
      least(in_ledger - held_before, earnings.amount - allocated - held)::bigint as amount
    from payout_items join earnings on earnings.id = earning_id
      join discrepancies on object = told_as(earnings) and cause = 'earning-overpaid'
      cross join lateral (select coalesce(sum(holds.amount), 0) as held_before from holds
        where holds.about = discrepancies.id) as before
    where payout_items.payout_id = ${payoutId} and closed_at is null
      and earnings.amount > allocated + held and in_ledger > held_before
    order by earnings.id
  `.execute(tx);
  const reason = 'The payout that overpaid this earning came back. Its charge does not cover it';
  const why = { source: 'system', reasonCode: 'earning-overpaid', reason } as const;
  for (const row of rows) {
    await placeHold(tx, { ...row, ...why, expiresAt: null }, 'engine');
  }
}

/**
 * Finds adopted payouts for which some earnings are unknown, each with the missing amount. Locks
 * these payouts, so that no other transaction allocates earnings to them.
 */
export async function lockUnexplained(tx: Tx, sellerId: SellerId): Promise<Allocation[]> {
  const locked = await tx
    .selectFrom('payouts')
    .innerJoin('sellers', 'sellers.id', 'payouts.seller_id')
    .select('payouts.id')
    .where('payouts.seller_id', '=', sellerId)
    .where('payouts.adopted_at', 'is not', null)
    .where(hasLeft())
    .orderBy('payouts.id')
    .modifyEnd(lock('sellers', 'to-change'))
    .modifyEnd(lock('payouts', 'to-change'))
    .execute();
  if (locked.length === 0) return [];
  // A separate statement after the lock sees what the previous holder of the lock wrote.
  const { rows } = await sql<Allocation>`
    select id as "payoutId", seller_id as "sellerId", currency, missing as amount
    from payouts cross join lateral (
      select from_platform + from_account - coalesce(sum(amount), 0)::bigint as missing
      from payout_items where payout_id = payouts.id and released_at is null
    ) as explained
    where id in (${sql.join(locked.map(({ id }) => id))}) and missing > 0
    order by reserved_at, id
  `.execute(tx);
  return rows;
}

/**
 * True for an earning that the payout does not contain: a payout never gets two parts of one
 * earning. An earning that the payout released may be allocated again.
 */
function notIn({ payoutId }: Allocation) {
  return sql`not exists (select from payout_items
    where payout_id = ${payoutId} and earning_id = earnings.id and released_at is null)`;
}
