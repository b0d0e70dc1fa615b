import { sql } from 'kysely';
import type { PayoutRecord, Successor } from '../../domain/explanations/facts.ts';
import { isUnpaid, unpaidStatuses } from '../../domain/payouts/states.ts';
import type { Db } from '../connect.ts';

/** The most earnings that are looked up, because a payout may contain many. */
const mostEarnings = 100;

/** The most payouts that are named. */
const mostNamed = 20;

/**
 * Lists the payouts that pay the money of a payout that ended without paying it, oldest first:
 * those that contain its earnings, those that were ordered in its place, and while no payout
 * contains some of its earnings, the first open order for everything.
 */
export async function listSuccessors(
  db: Db,
  { id, sellerId, currency, status }: PayoutRecord,
): Promise<Successor[]> {
  if (!isUnpaid(status)) return [];
  const { rows } = await sql<Successor>`
    with recursive released as (
      select earning_id from payout_items where payout_id = ${id} and released_at is not null
      order by earning_id limit ${mostEarnings}
    ), replacing as (
      select id from payouts where replaces = ${id}
      union all
      select later.id from payouts as later join replacing on later.replaces = replacing.id
    ), containing as (
      select distinct payout_id as id from payout_items join released using (earning_id)
      where released_at is null
    ), ordered as (
      select id from payouts where seller_id = ${sellerId} and currency = ${currency}
        and status = 'requested' and requested_amount is null and exists (
          select from earnings join released on released.earning_id = earnings.id
          where allocated + held < amount)
      order by created_at, id limit 1
    )
    select id, status from payouts where id in (select id from containing
        union select id from replacing union select id from ordered)
      and status <> all(${unpaidStatuses}::text[])
    order by created_at, id limit ${mostNamed}
  `.execute(db);
  return rows;
}
