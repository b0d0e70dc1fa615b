import { sql } from 'kysely';
import type { SkipReason } from '../../domain/funds.ts';
import { type PayoutId, payoutWorkflowId, type SellerId } from '../../domain/ids.ts';
import { claimsOf, noClaims, planPayday } from '../../domain/paydays/plan.ts';
import { cutOffOf, type Schedule } from '../../domain/paydays/schedule.ts';
import { type WaitReason, waitNames } from '../../domain/waits.ts';
import type { Tx } from '../connect.ts';
import { readFunds, readFundsAndOrders } from '../funds.ts';
import { orderedPayoutId } from '../schema/payout-ids.ts';
import { businessNow } from '../time.ts';
import { addWakeUps } from '../wake-ups.ts';

/** A payday of a seller in one currency. */
type Payday = { sellerId: SellerId; currency: string; payday: string; cutOffAt: string };

/**
 * Orders what a payday pays in each currency, as `planPayday` decides. The caller has locked the
 * seller, so the orders that are still open do not reserve money meanwhile.
 */
export async function orderPayday(
  tx: Tx,
  sellerId: SellerId,
  { schedule, payday }: { schedule: Schedule; payday: string },
): Promise<void> {
  const cutOffAt = cutOffOf(schedule, payday);
  const all = await readFundsAndOrders(tx, sellerId, cutOffAt);
  const hasOrders = all.some(({ orders }) => orders.length > 0);
  const now = hasOrders ? await readFunds(tx, sellerId, null) : [];
  for (const funds of all) {
    const { currency, orders } = funds;
    const claimed = now.find((one) => one.currency === currency);
    const plan = planPayday(schedule, funds, claimed ? claimsOf(orders, claimed) : noClaims);
    const own = { sellerId, currency, payday, cutOffAt };
    if (plan.kind === 'join') await joinOrder(tx, own);
    if (plan.kind === 'pay') await insertOrder(tx, orderOf(own));
    if (plan.kind === 'skip' && !(await repeatSkip(tx, own, plan.reason))) {
      const isShort = plan.reason === 'below-minimum';
      const skip_minimum = isShort ? (schedule.minimums[currency] ?? null) : null;
      const skip = { ...skipped(plan.reason, plan.amount), skip_minimum };
      await insertOrder(tx, { ...orderOf(own), ...skip });
    }
  }
}

/** Orders a payout of everything, because the payable amount reached the threshold. */
export async function orderThreshold(tx: Tx, sellerId: SellerId, currency: string): Promise<void> {
  await insertOrder(tx, { seller_id: sellerId, currency, ordered_by: 'threshold' });
}

/**
 * Lets the open orders for everything also pay the money of this payday: a second order would find
 * nothing left. An order that waits for a hold looks again, because the money may now exceed the
 * holds.
 */
async function joinOrder(tx: Tx, { sellerId, currency, payday, cutOffAt }: Payday): Promise<void> {
  const { rows } = await sql<{ id: PayoutId; waitingFor: WaitReason | null }>`
    update payouts set last_payday = greatest(last_payday, ${payday}::timestamptz),
      cut_off_at = case when cut_off_at is not null then greatest(cut_off_at, ${cutOffAt}) end
    where seller_id = ${sellerId} and currency = ${currency} and status = 'requested'
      and requested_amount is null
    returning id, waiting_for as "waitingFor"
  `.execute(tx);
  const held = rows.filter(({ waitingFor }) => waitingFor === waitNames.hold);
  await addWakeUps(
    tx,
    held.map(({ id }) => ({ workflowId: payoutWorkflowId(id), topics: ['payouts'] })),
  );
}

/**
 * Records that this payday was skipped for the same reason as the last one, if nothing was ordered
 * since. Returns false if this must be told.
 */
async function repeatSkip(
  tx: Tx,
  { sellerId, currency, payday }: Payday,
  reason: SkipReason,
): Promise<boolean> {
  const { rows } = await sql`
    update payouts set last_payday = ${payday}
    where payouts.id = (select id from payouts where seller_id = ${sellerId}
        and currency = ${currency} order by created_at desc, id desc limit 1)
      and status = 'skipped' and skip_reason = ${reason} and payday < ${payday}
    returning id
  `.execute(tx);
  return rows.length > 0;
}

function orderOf({ sellerId, currency, payday, cutOffAt }: Payday) {
  const order = { seller_id: sellerId, currency, payday, cut_off_at: cutOffAt };
  return { ...order, ordered_by: 'schedule' };
}

type Order = {
  seller_id: SellerId;
  currency: string;
  ordered_by: string;
  payday?: string;
  cut_off_at?: string;
};

/**
 * Inserts an order. A payday that was already opened stays unchanged. A payout that was adopted
 * under the id of this order is this order.
 */
async function insertOrder(tx: Tx, order: Order | (Order & ReturnType<typeof skipped>)) {
  const { seller_id: sellerId, currency, payday } = order;
  const id = orderedPayoutId(
    payday === undefined
      ? { by: 'threshold', sellerId, currency }
      : { by: 'payday', sellerId, currency, payday },
  );
  await tx
    .insertInto('payouts')
    .values({ id, ...order })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function skipped(skip_reason: SkipReason, amount: number) {
  const over = { status: 'skipped' as const, over_at: businessNow };
  return { ...over, skip_reason, requested_amount: amount };
}
