import { sql } from 'kysely';
import type { PayoutId } from '../domain/ids.ts';
import type { Db } from './connect.ts';

/** Gives the earnings of a payout that ended unpaid back to the next one. */
export async function releaseEarnings(db: Db, payoutId: PayoutId): Promise<void> {
  await sql`
    with item as (
      update payout_items set released_at = business_now()
      where payout_id = ${payoutId} and released_at is null returning earning_id, amount
    )
    update earnings set allocated = allocated - item.amount from item
    where earnings.id = item.earning_id
  `.execute(db);
}
