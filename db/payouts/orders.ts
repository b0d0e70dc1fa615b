import { sql } from 'kysely';
import {
  type ApiKeyId,
  newId,
  type PayoutId,
  type SellerId,
  sellerWorkflowId,
} from '../../domain/ids.ts';
import { waitNames } from '../../domain/waits.ts';
import type { Tx } from '../connect.ts';
import { addWakeUps } from '../wake-ups.ts';

/**
 * Records an ordered payout without reserving money, and wakes the seller's workflow, which starts
 * the payout.
 */
export async function recordPayoutOrder(
  tx: Tx,
  order: { sellerId: SellerId; currency: string; amount: number | null; orderedBy: ApiKeyId },
): Promise<PayoutId> {
  const payoutId = newId('payout');
  await tx
    .insertInto('payouts')
    .values({
      id: payoutId,
      seller_id: order.sellerId,
      currency: order.currency,
      requested_amount: order.amount,
      ordered_by: order.orderedBy,
      waiting_for: sql`(select ${sql.lit(waitNames.sellerPaused)} from sellers
        where id = ${order.sellerId} and paused_at is not null)`,
    })
    .execute();
  await addWakeUps(tx, [{ workflowId: sellerWorkflowId(order.sellerId), topics: ['payouts'] }]);
  return payoutId;
}
