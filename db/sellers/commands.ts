import { sql } from 'kysely';
import {
  type PayoutId,
  payoutWorkflowId,
  type SellerId,
  sellerWorkflowId,
} from '../../domain/ids.ts';
import { parkNames } from '../../domain/parking/reasons.ts';
import { mayClose, type OpenThings, statusOf } from '../../domain/sellers.ts';
import { waitNames } from '../../domain/waits.ts';
import type { Tx } from '../connect.ts';
import { isActive } from '../funds.ts';
import { lock, lockSeller, lockSellerAlone } from '../locks.ts';
import { lookForThreshold } from '../paydays/thresholds.ts';
import { notWaiting } from '../payouts/rows.ts';
import { isBeforeBank, isBeforeStripe, isUnsettled, isWatched } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';
import { addWakeUps } from '../wake-ups.ts';

/**
 * A command about a seller, with its caller and its reason. The reason is free text: only the
 * database stores it, and only the API shows it.
 */
export type SellerCommand = { sellerId: SellerId; reason: string; by: string };

/**
 * Prevents the seller's payouts from starting, and those that have reserved money from being sent: the
 * next try of each sees the pause (`brakeOn`). If the seller is already paused, the first pause
 * remains.
 */
export async function pauseSeller(tx: Tx, { sellerId, reason, by }: SellerCommand): Promise<void> {
  await lockSeller(tx, sellerId);
  const waiting = await tx
    .updateTable('payouts')
    .set({ waiting_for: waitNames.sellerPaused })
    .where('seller_id', '=', sellerId)
    .where('status', '=', 'requested')
    .returning('id')
    .execute();
  await tx
    .updateTable('sellers')
    .set({ paused_at: businessNow, paused_by: by, pause_reason: reason })
    .where('id', '=', sellerId)
    .where('paused_at', 'is', null)
    .execute();
  await wake(tx, sellerId, waiting);
}

/** Lets the seller's payouts start again, and wakes the payouts that waited for this. */
export async function resumeSeller(tx: Tx, sellerId: SellerId): Promise<void> {
  const { schedule } = await lockSeller(tx, sellerId);
  const waiting = await tx
    .updateTable('payouts')
    .set(notWaiting)
    .where('seller_id', '=', sellerId)
    .where(isBeforeStripe())
    .where('waiting_for', '=', waitNames.sellerPaused)
    .returning('id')
    .execute();
  await tx
    .updateTable('sellers')
    .set({ paused_at: null, paused_by: null, pause_reason: null })
    .where('id', '=', sellerId)
    .execute();
  await lookForThreshold(tx, sellerId, schedule);
  await wake(tx, sellerId, waiting);
}

/**
 * Closes the seller, or closes nothing and returns what is still open. The lock prevents new rows
 * that refer to the seller, so nothing opens between the check and the closing.
 */
export async function closeSeller(
  tx: Tx,
  { sellerId, reason, by }: SellerCommand,
): Promise<OpenThings | 'closed'> {
  await lockSellerAlone(tx, sellerId);
  const open = await readOpenThings(tx, sellerId);
  if (!mayClose(open)) return open;
  await tx
    .updateTable('sellers')
    .set({ status: 'closed', closed_at: businessNow, closed_by: by, close_reason: reason })
    .where('id', '=', sellerId)
    .where('status', '<>', 'closed')
    .execute();
  await wake(tx, sellerId, []);
  return 'closed';
}

/**
 * Reopens a closed seller. The new status is calculated from the stored state of the account. The
 * workflow then reads the account again before any other step.
 */
export async function reopenSeller(tx: Tx, sellerId: SellerId): Promise<void> {
  const row = await tx
    .selectFrom('sellers')
    .select(['status', 'transfers_capability', 'payouts_capability', 'payouts_manual_at'])
    .where('id', '=', sellerId)
    .modifyEnd(lock('sellers', 'alone'))
    .executeTakeFirstOrThrow();
  if (row.status !== 'closed') return;
  const status = statusOf({
    status: 'onboarding',
    canReceiveTransfers: row.transfers_capability === 'active',
    canPayOut: row.payouts_capability === 'active',
    payoutsAreManual: row.payouts_manual_at !== null,
  });
  await tx
    .updateTable('sellers')
    .set({
      status,
      closed_at: null,
      closed_by: null,
      close_reason: null,
      parked: sql`nullif(parked, ${sql.lit(parkNames.returnedAfterClose)})`,
    })
    .where('id', '=', sellerId)
    .execute();
  await addWakeUps(tx, [
    { workflowId: sellerWorkflowId(sellerId), topics: ['account', 'reopened'] },
  ]);
}

async function readOpenThings(tx: Tx, sellerId: SellerId): Promise<OpenThings> {
  const { rows } = await sql<OpenThings>`
    select
      (select coalesce(json_agg(json_build_object('place', place, 'currency', currency,
          'amount', amount) order by currency, place), '[]') from balances
        where seller_id = ${sellerId} and amount <> 0
          and ${isUnsettled}) as money,
      array(select id from payouts where seller_id = ${sellerId}
        and ${isBeforeBank()} order by id) as payouts,
      array(select id from payouts where seller_id = ${sellerId}
        and ${isWatched()} order by id) as watches,
      array(select id from holds where seller_id = ${sellerId}
        and ${isActive} order by id) as holds
  `.execute(tx);
  return rows[0] ?? { money: [], payouts: [], watches: [], holds: [] };
}

async function wake(tx: Tx, sellerId: SellerId, payouts: { id: PayoutId }[]): Promise<void> {
  const topics = ['payouts' as const];
  await addWakeUps(tx, [
    { workflowId: sellerWorkflowId(sellerId), topics },
    ...payouts.map(({ id }) => ({ workflowId: payoutWorkflowId(id), topics })),
  ]);
}
