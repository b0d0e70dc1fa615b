import type { SellerId } from '../domain/ids.ts';
import type { Schedule } from '../domain/paydays/schedule.ts';
import type { Tx } from './connect.ts';

/**
 * Keeps the seller from all who write about it, until the transaction ends: what earnings bring is
 * weighed by the schedule of before or by that of after, never by neither.
 */
export async function lockSellerAlone(tx: Tx, sellerId: SellerId): Promise<void> {
  await tx.selectFrom('sellers').select('id').where('id', '=', sellerId).forUpdate().execute();
}

/**
 * Held before anything of the seller's is written that `lookForThreshold` follows: a reservation
 * locks in this order too.
 */
export async function lockSeller(
  tx: Tx,
  sellerId: SellerId,
): Promise<{ schedule: Schedule | null }> {
  return tx
    .selectFrom('sellers')
    .select('schedule')
    .where('id', '=', sellerId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}
