import { sql } from 'kysely';
import type { Db, Tx } from '../connect.ts';
import { lock, lockAllAttempts } from '../locks.ts';
import { paydayAt } from '../paydays/thresholds.ts';
import { isOpen } from '../schema/statuses.ts';
import { insertWakeUps, workflowId } from '../wake-ups.ts';

/** Business time now, and how far it is ahead of real time. */
export type ClockReading = { now: string; offsetMs: number };

/** Reads business time, which decides every deadline. */
export async function readClock(db: Db): Promise<ClockReading> {
  const { rows } = await sql<ClockReading>`
    select clock_timestamp() + offset_ms * interval '1 millisecond' as now,
      offset_ms as "offsetMs"
    from clock
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error('the clock has no row');
  return row;
}

/** Prevents others from moving the clock until the transaction ends. Reading remains possible. */
export async function lockClock(tx: Tx): Promise<ClockReading> {
  await sql`select from clock ${lock('clock', 'alone')}`.execute(tx);
  return readClock(tx);
}

/**
 * Returns true while a POST to Stripe may be open. No POST can begin until the transaction ends.
 * Otherwise a request could be sent before a long move of the clock and sent again after it.
 */
export async function isRequestOpen(tx: Tx): Promise<boolean> {
  await lockAllAttempts(tx);
  const { rows } = await sql<{ open: boolean }>`
    select exists (select from attempts
      where state = 'started' and tries > denied_tries) as open
  `.execute(tx);
  return rows[0]?.open ?? true;
}

/** Moves business time forward, and wakes every workflow whose deadline has passed. */
export async function moveClock(tx: Tx, offsetMs: number): Promise<void> {
  const { offset_ms: before } = await tx
    .selectFrom('clock')
    .select('offset_ms')
    .executeTakeFirstOrThrow();
  await tx.updateTable('clock').set({ offset_ms: offsetMs }).execute();
  await insertWakeUps(
    tx,
    sql`with due as (
      select ${workflowId('payout', 'payouts.id')} as workflow_id from payouts, clock
        where ${isOpen()} and look_again_at <= ${newNow}
      union
      select ${workflowId('seller', 'sellers.id')} from sellers, clock
        where status <> 'closed' and look_again_at <= ${newNow}
      union
      select ${workflowId('seller', 'sellers.id')} from sellers, clock
        where status = 'active' and paused_at is null and ${paydayAt} <= ${newNow}
      union
      select ${workflowId('seller', 'seller_id')} from holds, clock
        where released_at is null and expires_at <= ${newNow}
          and expires_at > now() + ${before} * interval '1 millisecond' - interval '1 minute'
    )
    select workflow_id, array['deadline'] from due`,
  );
}

/**
 * Business time after the move of the clock. The transaction's own `now()` is from before the move.
 */
const newNow = sql`clock_timestamp() + offset_ms * interval '1 millisecond'`;
