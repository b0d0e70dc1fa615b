import { sql } from 'kysely';
import type { PayoutRecord, WaitRecord } from '../../domain/explanations/facts.ts';
import { mostHappened } from '../../domain/explanations/timeline.ts';
import type { PayoutId } from '../../domain/ids.ts';
import { readKeyNames } from '../api-keys.ts';
import type { Db } from '../connect.ts';

/** Lists the newest waits of a payout that began, oldest first, from the payout's events. */
export async function listPastWaits(db: Db, payoutId: PayoutId): Promise<WaitRecord[]> {
  const { rows } = await sql<WaitRecord>`
    select created_at as at, data->>'reason' as reason from events
    where object_id = ${payoutId} and type = 'payout.waiting'
    order by sequence desc limit ${mostHappened}
  `.execute(db);
  return rows.toReversed();
}

/** Adds to each payout when it got its status, and the name of the API key that ordered it. */
export async function withHistory(db: Db, payouts: readonly PayoutRecord[]) {
  if (payouts.length === 0) return [];
  const { rows } = await sql<{ id: string; at: string }>`
    select distinct on (id) payouts.id, events.created_at as at
    from payouts join events on events.object_id = payouts.id
      and events.type = 'payout.' || replace(payouts.status, '-', '_')
    where payouts.id = any(${payouts.map(({ id }) => id)}::text[])
    order by id, events.sequence desc
  `.execute(db);
  const since = Object.fromEntries(rows.map(({ id, at }) => [id, at]));
  const names = await readKeyNames(
    db,
    payouts.map(({ orderedBy }) => orderedBy),
  );
  return payouts.map((payout) => {
    const { id, orderedBy, overAt, createdAt } = payout;
    const statusAt = since[id] ?? overAt ?? createdAt;
    return { ...payout, statusAt, orderedByName: names[orderedBy] ?? orderedBy };
  });
}
