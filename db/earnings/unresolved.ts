import { sql } from 'kysely';
import type { EarningId, SellerId } from '../../domain/ids.ts';
import type { Db, Tx } from '../connect.ts';
import { lockFree } from '../locks.ts';
import { businessNow } from '../time.ts';
import { allocate, lockUnexplained } from './allocations.ts';

/**
 * Takes earnings whose date has not been read from their charge, those tried longest ago first, so
 * that a charge without an answer does not delay the others.
 */
export async function takeUnresolvedEarnings(
  db: Db,
  limit: number,
): Promise<{ earningId: EarningId; charge: string }[]> {
  const { rows } = await sql<{ earningId: EarningId; charge: string }>`
    with next as (
      select id from earnings where available_on is null and charge is not null
      order by charge_tried_at nulls first, created_at limit ${limit} ${lockFree('earnings')}
    )
    update earnings set charge_tried_at = business_now() from next where earnings.id = next.id
    returning earnings.id as "earningId", charge
  `.execute(db);
  return rows;
}

/**
 * Records when the charge's money is available, now if the date is null. The earning may then be
 * allocated to an adopted payout. Returns false if the date was recorded before. The caller has
 * locked the seller.
 */
export async function recordAvailableOn(
  tx: Tx,
  given: { earningId: EarningId; sellerId: SellerId; availableOn: string | null },
): Promise<boolean> {
  const unexplained = await lockUnexplained(tx, given.sellerId);
  const row = await tx
    .updateTable('earnings')
    .set({ available_on: given.availableOn ?? businessNow })
    .where('id', '=', given.earningId)
    .where('available_on', 'is', null)
    .returning('id')
    .executeTakeFirst();
  await allocate(tx, unexplained);
  return row !== undefined;
}
