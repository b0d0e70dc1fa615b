import { sql } from 'kysely';
import { type ApiKeyId, type MoneyStopId, newId } from '../../domain/ids.ts';
import type { StopCause } from '../../domain/money-stops.ts';
import type { Tx } from '../connect.ts';
import { lock } from '../locks.ts';
import { isOpen } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';
import { insertWakeUps, workflowId } from '../wake-ups.ts';
import { readOperations } from './rows.ts';

/**
 * Opens a stop of all money. If the same stop is open, it stays the only one: an operator's order
 * with the same reason under the same API key, or another finding of the engine with the same
 * cause, whose reason then replaces the earlier one. Returns the id of the open stop.
 */
export async function stopMoney(
  tx: Tx,
  stop: { cause: StopCause; reason: string; by: ApiKeyId | 'engine' },
): Promise<MoneyStopId> {
  const row = await tx
    .insertInto('money_stops')
    .values({
      id: newId('stop'),
      cause: stop.cause,
      reason: stop.reason,
      stopped_by: stop.by,
    })
    .onConflict((conflict) =>
      conflict
        .column('same_as')
        .where('lifted_at', 'is', null)
        .doUpdateSet({ reason: stop.reason, confirmed_at: businessNow }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/**
 * Prevents others from lifting the stop, or from finding its cause again, until the transaction
 * ends. Returns false if the stop is not open.
 */
export async function lockStop(tx: Tx, id: MoneyStopId): Promise<boolean> {
  const row = await tx
    .selectFrom('money_stops')
    .select('id')
    .where('id', '=', id)
    .where('lifted_at', 'is', null)
    .modifyEnd(lock('money_stops', 'alone'))
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Lifts one stop, and leaves the others in place. If it was the last open one, wakes the payouts
 * that waited. The trigger that tells the events makes concurrent lifts wait for each other, so the
 * last one sees that it is the last.
 */
export async function liftStop(
  tx: Tx,
  lift: { id: MoneyStopId; by: ApiKeyId; reason: string },
): Promise<void> {
  await tx
    .updateTable('money_stops')
    .set({ lifted_at: businessNow, lifted_by: lift.by, lift_reason: lift.reason })
    .where('id', '=', lift.id)
    .where('lifted_at', 'is', null)
    .execute();
  const { moneyStopped } = await readOperations(tx);
  if (!moneyStopped) await wakeStopped(tx);
}

/** Wakes the payouts that wait for stopped money. Nothing but payouts moves money. */
async function wakeStopped(tx: Tx): Promise<void> {
  await insertWakeUps(
    tx,
    sql`select ${workflowId('payout', 'id')}, array['payouts'] from payouts
      where waiting_for = 'money-stopped' and ${isOpen()}`,
  );
}
