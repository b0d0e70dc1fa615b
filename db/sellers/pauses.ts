import { type RawBuilder, sql } from 'kysely';
import { type LiftPlan, planLift } from '../../domain/commands/lifts.ts';
import type { SellerPause } from '../../domain/holds.ts';
import {
  newId,
  type PayoutId,
  payoutWorkflowId,
  type SellerId,
  type SellerPauseId,
  sellerWorkflowId,
} from '../../domain/ids.ts';
import { waitNames } from '../../domain/waits.ts';
import type { Db, Tx } from '../connect.ts';
import { lockSeller } from '../locks.ts';
import { lookForThreshold } from '../paydays/thresholds.ts';
import { notWaiting } from '../payouts/rows.ts';
import { isBeforeStripe } from '../schema/statuses.ts';
import { businessNow, instant } from '../time.ts';
import { addWakeUps } from '../wake-ups.ts';
import type { SellerCommand } from './commands.ts';

/**
 * Opens a pause of the seller beside any other. It prevents the seller's payouts from starting, and
 * those that have reserved money from being sent: the next try of each sees the pause (`brakeOn`).
 * The same reason under the same API key is the same pause. Returns the id of the open pause.
 */
export async function pauseSeller(
  tx: Tx,
  { sellerId, reason, by }: SellerCommand,
): Promise<SellerPauseId> {
  await lockSeller(tx, sellerId);
  const waiting = await tx
    .updateTable('payouts')
    .set({ waiting_for: waitNames.sellerPaused })
    .where('seller_id', '=', sellerId)
    .where('status', '=', 'requested')
    .returning('id')
    .execute();
  const { id } = await tx
    .insertInto('seller_pauses')
    .values({ id: newId('pause'), seller_id: sellerId, reason, paused_by: by })
    .onConflict((conflict) =>
      conflict
        .columns(['seller_id', 'paused_by', 'reason'])
        .where('lifted_at', 'is', null)
        .doUpdateSet({ confirmed_at: businessNow }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  await wake(tx, sellerId, waiting);
  return id;
}

/**
 * Lifts the pause that `planLift` decides, and leaves the others in place. If it was the last open
 * one, lets the seller's payouts start again and wakes the payouts that waited. Returns what was
 * decided.
 */
export async function resumeSeller(
  tx: Tx,
  { sellerId, pauseId, reason, by }: SellerCommand & { pauseId?: SellerPauseId | undefined },
): Promise<LiftPlan<SellerPause>> {
  const { schedule } = await lockSeller(tx, sellerId);
  const { pauses } = await tx
    .selectNoFrom(pausesOf(sql`${sellerId}`).as('pauses'))
    .executeTakeFirstOrThrow();
  const plan = planLift(pauses, { id: pauseId, by });
  if (plan.kind !== 'lift') return plan;
  await tx
    .updateTable('seller_pauses')
    .set({ lifted_at: businessNow, lifted_by: by, lift_reason: reason })
    .where('id', '=', plan.lifted.id)
    .execute();
  if (pauses.length > 1) return plan;
  const waiting = await tx
    .updateTable('payouts')
    .set(notWaiting)
    .where('seller_id', '=', sellerId)
    .where(isBeforeStripe())
    .where('waiting_for', '=', waitNames.sellerPaused)
    .returning('id')
    .execute();
  await lookForThreshold(tx, sellerId, schedule);
  await wake(tx, sellerId, waiting);
  return plan;
}

/** Reads a pause of this seller, open or lifted. Undefined if there is no such pause. */
export async function findPause(
  db: Db,
  { sellerId, pauseId }: { sellerId: SellerId; pauseId: SellerPauseId },
): Promise<{ liftedAt: string | null } | undefined> {
  return db
    .selectFrom('seller_pauses')
    .select('lifted_at as liftedAt')
    .where('id', '=', pauseId)
    .where('seller_id', '=', sellerId)
    .executeTakeFirst();
}

/** The open pauses of the seller with this id, oldest first, as one value of a query. */
export function pausesOf(sellerId: RawBuilder<unknown>) {
  return sql<SellerPause[]>`(select coalesce(json_agg(json_build_object(
      'id', pauses.id, 'reason', pauses.reason, 'pausedBy', pauses.paused_by,
      'pausedByName', coalesce(api_keys.name, pauses.paused_by),
      'pausedAt', ${instant('pauses.paused_at')}, 'confirmedAt', ${instant('pauses.confirmed_at')}
    ) order by pauses.paused_at, pauses.id), '[]')
    from seller_pauses as pauses left join api_keys on api_keys.id = pauses.paused_by
    where pauses.seller_id = ${sellerId} and pauses.lifted_at is null)`;
}

async function wake(tx: Tx, sellerId: SellerId, payouts: { id: PayoutId }[]): Promise<void> {
  const topics = ['payouts' as const];
  await addWakeUps(tx, [
    { workflowId: sellerWorkflowId(sellerId), topics },
    ...payouts.map(({ id }) => ({ workflowId: payoutWorkflowId(id), topics })),
  ]);
}
