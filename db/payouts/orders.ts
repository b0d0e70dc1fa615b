import { sql } from 'kysely';
import { type ApiKeyId, type PayoutId, type SellerId, sellerWorkflowId } from '../../domain/ids.ts';
import { waitNames } from '../../domain/waits.ts';
import type { Tx } from '../connect.ts';
import { orderedPayoutId } from '../schema/payout-ids.ts';
import { addWakeUps } from '../wake-ups.ts';

/** An order of the API. */
type PayoutOrder = {
  sellerId: SellerId;
  currency: string;
  amount: number | null;
  orderedBy: ApiKeyId;
  idempotencyKey: string;
};

/**
 * Records an ordered payout without reserving money, and wakes the seller's workflow, which starts
 * the payout. If a backup lost the command but the payout was adopted, the adopted payout is this
 * order. Returns undefined if another order has the same Idempotency-Key.
 */
export async function recordPayoutOrder(tx: Tx, order: PayoutOrder): Promise<PayoutId | undefined> {
  const id = orderedPayoutId({ by: 'request', ...order });
  const inserted = await tx
    .insertInto('payouts')
    .values({
      id,
      seller_id: order.sellerId,
      currency: order.currency,
      requested_amount: order.amount,
      ordered_by: order.orderedBy,
      waiting_for: sql`(select ${sql.lit(waitNames.sellerPaused)} from sellers
        where id = ${order.sellerId} and paused_at is not null)`,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  await addWakeUps(tx, [{ workflowId: sellerWorkflowId(order.sellerId), topics: ['payouts'] }]);
  return (inserted ?? (await findSameOrder(tx, order)))?.id;
}

/** Finds the payout that already has the id of this order, unless it pays something else. */
async function findSameOrder(tx: Tx, order: PayoutOrder): Promise<{ id: PayoutId } | undefined> {
  return tx
    .selectFrom('payouts')
    .select('id')
    .where('id', '=', orderedPayoutId({ by: 'request', ...order }))
    .where('currency', '=', order.currency)
    .where((is) =>
      is.or([
        is('ordered_by', '=', 'adopted'),
        is('requested_amount', 'is not distinct from', order.amount),
      ]),
    )
    .executeTakeFirst();
}
