import { type Selectable, sql } from 'kysely';
import { type ApiKeyId, newId, type PostgresStartId } from '../../domain/ids.ts';
import {
  judgeStart,
  type LossCause,
  type PossibleLoss,
  type PostgresStart,
} from '../../domain/recovery/starts.ts';
import type { Db, Tx } from '../connect.ts';
import { lock } from '../locks.ts';
import type { Database } from '../schema/index.ts';

/** A start of PostgreSQL as operators see it. */
export type StartRecord = {
  id: PostgresStartId;
  seenAt: string;
  cause: LossCause | null;
  /** The time whose acknowledged changes may be missing. Null if none are. */
  lostFrom: string | null;
  lostUntil: string | null;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  reason: string | null;
};

/**
 * Records a start of PostgreSQL that this database has not seen yet, and what it may have lost. If
 * it may have lost something, the database is compared with Stripe again before money moves.
 */
export async function recordStart(db: Db): Promise<void> {
  if (!(await readNewStart(db))) return;
  await db.transaction().execute(async (tx) => {
    await tx
      .selectFrom('operations')
      .select('id')
      .modifyEnd(lock('operations', 'to-change'))
      .execute();
    const found = await readNewStart(tx);
    if (!found) return;
    const cause = judgeStart(found.before, found.now);
    if (cause !== null) await tx.updateTable('operations').set({ compared_start: null }).execute();
    await insertStart(tx, found.now, cause);
  });
}

type Found = { now: PostgresStart; before: PostgresStart | undefined };

async function readNewStart(db: Db): Promise<Found | undefined> {
  const { rows } = await sql<{ now: PostgresStart; before: PostgresStart | null }>`
    select to_jsonb(server) as now, to_jsonb(known) as before from (
      select postgres_start() as start, data_id as "dataId", timeline, is_durable as "isDurable"
      from postgres_server()) as server
    left join lateral (
      select start, data_id as "dataId", timeline, is_durable as "isDurable" from postgres_starts
      order by position desc limit 1) as known on true
    where (known.start, known."dataId", known.timeline)
      is distinct from (server.start, server."dataId", server.timeline)
  `.execute(db);
  const [row] = rows;
  return row && { now: row.now, before: row.before ?? undefined };
}

/**
 * Lost changes are later than the last sign of life in this database (`operations.alive_at`, in
 * business time), and later than the last transaction that a promoted replica received. They are
 * earlier than the start of a server that continues with its own data. Any other server may have
 * had a predecessor that answered until this engine saw the new server.
 */
async function insertStart(tx: Tx, now: PostgresStart, cause: LossCause | null): Promise<void> {
  const isOwnData = cause === 'not-durable';
  await sql`
    insert into postgres_starts (id, start, data_id, timeline, is_durable, cause, lost_from,
      lost_until)
    select ${newId('start')}, ${now.start}, ${now.dataId}, ${now.timeline}::int, ${now.isDurable},
      ${cause}, case when ${cause !== null} then least(lost_from, lost_until) end,
      case when ${cause !== null} then lost_until end
    from (select greatest(
        alive_at - (business_now() - now()),
        (select max(seen_at) from postgres_starts),
        case when ${cause === 'new-timeline'}
          then pg_last_xact_replay_timestamp() - interval '1 second' end) as lost_from,
      case when ${isOwnData} then pg_postmaster_start_time() else now() end as lost_until
      from operations) as span
  `.execute(tx);
}

/**
 * Records that the current start has lost something, if Stripe was found to have transfers or
 * payouts that this database does not know, since the last sign of life. Must be called before the
 * comparison is recorded. A start with a known cause keeps it.
 */
export async function recordBehindStripe(db: Db): Promise<void> {
  await sql`
    update postgres_starts set cause = 'behind-stripe', lost_until = now(),
      lost_from = least(now(), alive_at - (business_now() - now()))
    from operations
    where cause is null and start = postgres_start()
      and exists (select from adoptions where found_at >= alive_at)
  `.execute(db);
}

/** Lists the starts of PostgreSQL, newest first, at most 100. */
export async function listStarts(db: Db): Promise<StartRecord[]> {
  const rows = await db
    .selectFrom('postgres_starts')
    .selectAll()
    .orderBy('position', 'desc')
    .limit(100)
    .execute();
  return rows.map(toRecord);
}

/** Lists the possible losses that nobody has acknowledged, oldest first. */
export async function listPossibleLosses(db: Db): Promise<PossibleLoss[]> {
  const rows = await db
    .selectFrom('postgres_starts')
    .select(['id', 'cause', 'lost_from', 'lost_until'])
    .where('cause', 'is not', null)
    .where('acknowledged_at', 'is', null)
    .orderBy('position')
    .execute();
  return rows.flatMap(({ id, cause, lost_from: from, lost_until: until }) =>
    cause === null || from === null || until === null ? [] : [{ id, cause, from, until }],
  );
}

/**
 * Records that a person has looked for what a start may have lost. The first acknowledgement stays.
 * Undefined if no start with this id may have lost anything.
 */
export async function acknowledgeLoss(
  tx: Tx,
  { startId, by, reason }: { startId: PostgresStartId; by: ApiKeyId; reason: string },
): Promise<StartRecord | undefined> {
  const row = await tx
    .updateTable('postgres_starts')
    .set({
      acknowledged_at: sql<string>`coalesce(acknowledged_at, now())`,
      acknowledged_by: sql<string>`coalesce(acknowledged_by, ${by})`,
      reason: sql<string>`coalesce(reason, ${reason})`,
    })
    .where('id', '=', startId)
    .where('cause', 'is not', null)
    .returningAll()
    .executeTakeFirst();
  return row && toRecord(row);
}

function toRecord(row: Selectable<Database['postgres_starts']>): StartRecord {
  return {
    id: row.id,
    seenAt: row.seen_at,
    cause: row.cause,
    lostFrom: row.lost_from,
    lostUntil: row.lost_until,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    reason: row.reason,
  };
}
