import { sql } from 'kysely';
import type { EarningId } from '../../domain/ids.ts';
import type { Db } from '../connect.ts';
import { lockFree, lockSeller } from '../locks.ts';
import { lookForThreshold } from '../paydays/thresholds.ts';
import { transact, wakeSeller } from '../wake-ups.ts';
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
 * Records when the charge's money is available. The earning may then be allocated to an adopted
 * payout, and the seller may reach a threshold.
 */
export async function recordAvailableOn(
  db: Db,
  { earningId, availableOn }: { earningId: EarningId; availableOn: string },
): Promise<void> {
  await transact(db, async (tx) => {
    const { seller_id: id } = await tx
      .selectFrom('earnings')
      .select('seller_id')
      .where('id', '=', earningId)
      .executeTakeFirstOrThrow();
    const { schedule } = await lockSeller(tx, id);
    const unexplained = await lockUnexplained(tx, id);
    await tx
      .updateTable('earnings')
      .set({ available_on: availableOn })
      .where('id', '=', earningId)
      .where('available_on', 'is', null)
      .execute();
    await allocate(tx, unexplained);
    if (await lookForThreshold(tx, id, schedule)) await wakeSeller(tx, id);
  });
}
