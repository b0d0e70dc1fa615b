import { sql } from 'kysely';
import type { Operations } from '../../domain/explanations/facts.ts';
import type { ApiKeyId } from '../../domain/ids.ts';
import type { Db, Tx } from '../connect.ts';
import { lock } from '../locks.ts';
import { isOpen } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';
import { insertWakeUps, workflowId } from '../wake-ups.ts';

/** Reads whether money may move, and who changed this last. */
export async function readOperations(db: Db): Promise<Operations> {
  const row = await db.selectFrom('operations').selectAll().executeTakeFirstOrThrow();
  return {
    moneyStopped: row.money_stopped,
    reason: row.reason,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
  };
}

/** Stops or resumes money. Resuming wakes the payouts that waited for it. */
export async function recordMoneySwitch(
  tx: Tx,
  change: { stopped: boolean; reason: string; changedBy: ApiKeyId },
): Promise<Operations> {
  await tx
    .updateTable('operations')
    .set({
      money_stopped: change.stopped,
      reason: change.reason,
      changed_by: change.changedBy,
      changed_at: businessNow,
    })
    .execute();
  if (!change.stopped) await wakeStopped(tx);
  return readOperations(tx);
}

/** Prevents others from changing the switch until the transaction ends. */
export async function lockMoneySwitch(tx: Tx): Promise<void> {
  await tx
    .selectFrom('operations')
    .select('money_stopped')
    .modifyEnd(lock('operations', 'alone'))
    .execute();
}

/** Wakes the payouts that wait for the switch. Nothing but payouts moves money. */
async function wakeStopped(tx: Tx): Promise<void> {
  await insertWakeUps(
    tx,
    sql`select ${workflowId('payout', 'id')}, array['payouts'] from payouts
      where waiting_for = 'money-stopped' and ${isOpen()}`,
  );
}
