import { type Selectable, sql } from 'kysely';
import type { EventType } from '../domain/events.ts';
import type { EventId, SellerId } from '../domain/ids.ts';
import type { Db } from './connect.ts';
import type { Database } from './schema/index.ts';

/** An event as the platform reads it. */
export type EventRecord = ReturnType<typeof toEvent>;

/** Selects and orders events. A page begins after the event `after`. */
export type EventFilter = {
  type?: EventType | undefined;
  objectId?: string | undefined;
  sellerId?: SellerId | undefined;
  order: 'oldest-first' | 'newest-first';
  after?: EventId | undefined;
  limit: number;
};

/**
 * Lists the events whose transaction, and every earlier transaction, has ended. In whatever order
 * transactions commit, no new event therefore appears before an event that a reader has already
 * read. Returns one more than the limit if there are more, or `unknown-cursor` if the event `after`
 * does not exist.
 */
export async function listEvents(
  db: Db,
  filter: EventFilter,
): Promise<EventRecord[] | 'unknown-cursor'> {
  const { type, objectId, sellerId, after } = filter;
  const place = after === undefined ? undefined : await findPlace(db, after);
  if (after !== undefined && !place) return 'unknown-cursor';
  const isForward = filter.order === 'oldest-first';
  const beyond = isForward ? sql`>` : sql`<`;
  let query = db.selectFrom('events').selectAll().where('turn', '<', turnsOver);
  if (type) query = query.where('type', '=', type);
  if (objectId) query = query.where('object_id', '=', objectId);
  if (sellerId) query = query.where('seller_id', '=', sellerId);
  if (place) {
    query = query.where(
      sql<boolean>`(turn, position) ${beyond} (${place.turn}::bigint, ${place.position}::bigint)`,
    );
  }
  const rows = await query
    .orderBy('turn', isForward ? 'asc' : 'desc')
    .orderBy('position', isForward ? 'asc' : 'desc')
    .limit(filter.limit + 1)
    .execute();
  return rows.map(toEvent);
}

/** The number below which every transaction has ended, from the same snapshot as the rows. */
const turnsOver = sql<number>`(select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + added
  from event_order)`;

/** The event with this id. */
export async function findEvent(db: Db, eventId: EventId): Promise<EventRecord | undefined> {
  const row = await db
    .selectFrom('events')
    .selectAll()
    .where('id', '=', eventId)
    .executeTakeFirst();
  return row && toEvent(row);
}

/**
 * Orders future events after all existing events. Each server numbers its own transactions. After a
 * dump is restored into another server, the numbers begin low again, and readers would miss new
 * events.
 */
export async function keepEventOrder(db: Db): Promise<void> {
  await sql`
    update event_order set added = last.turn + 1 - here.turn
    from (select pg_current_xact_id()::text::bigint as turn) as here,
      (select coalesce(max(turn), 0) as turn from events) as last
    where last.turn >= here.turn + added
  `.execute(db);
}

async function findPlace(db: Db, eventId: EventId) {
  return db
    .selectFrom('events')
    .select(['turn', 'position'])
    .where('id', '=', eventId)
    .executeTakeFirst();
}

function toEvent(row: Selectable<Database['events']>) {
  return {
    id: row.id,
    type: row.type,
    object: { kind: row.object_kind, id: row.object_id },
    sellerId: row.seller_id,
    sequence: row.sequence,
    at: row.created_at,
    data: row.data,
  };
}
