import { sql } from 'kysely';
import type { ApiKeyId } from '../domain/ids.ts';
import type { Db, Tx } from './connect.ts';
import { businessNow } from './payouts.ts';
import { mergedWakeUp } from './wake-ups.ts';

/** The switch that every POST to Stripe looks at first, and who moved it last. */
export type Operations = {
  moneyStopped: boolean;
  reason: string | null;
  /** The API key; null while nobody has moved the switch. */
  changedBy: string | null;
  changedAt: string;
};

/** Reads whether money may move. */
export async function readOperations(db: Db): Promise<Operations> {
  const row = await db.selectFrom('operations').selectAll().executeTakeFirstOrThrow();
  return {
    moneyStopped: row.money_stopped,
    reason: row.reason,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
  };
}

/** Stops money or lets it move again; what waited for that is told to look again. */
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

/** Payouts say that they wait for it; a seller without an account may. */
async function wakeStopped(tx: Tx): Promise<void> {
  await sql`
    with stopped as (
      select 'payout/' || id as workflow_id, 'payouts' as topic
        from payouts where waiting_for = 'money-stopped'
      union all
      select 'seller/' || id, 'account'
        from sellers where stripe_account is null and status <> 'closed'
    )
    insert into wake_ups (workflow_id, topics)
    select workflow_id, array[topic] from stopped order by workflow_id
    on conflict (workflow_id) do update
      set topics = ${mergedWakeUp.topics}, version = ${mergedWakeUp.version}
  `.execute(tx);
}
