import { sql } from 'kysely';
import type { Db, Tx } from './connect.ts';

/** Business time as a column of any query. */
export const businessNow = sql<string>`business_now()`;

/** How far business time is ahead of real time. */
export const clockAheadMs = sql<number>`(select offset_ms from clock)`;

/** `business_now()` plus minutes, as a column value. */
export function inMinutes(minutes: number) {
  return sql<string>`business_now() + ${minutes} * interval '1 minute'`;
}

/**
 * Converts an instant to UTC: PostgreSQL accepts fewer offsets and shorter fractions than RFC 3339
 * allows.
 */
export function utc(given: string): string {
  return new Date(given).toISOString();
}

/**
 * Formats an SQL timestamp like every other time that is read from the database: RFC 3339 in UTC
 * with milliseconds.
 */
export function instant(expression: string) {
  return sql.raw(`to_char((${expression}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
}

/** Runs several statements on one snapshot, so that their results are consistent. */
export async function atOneInstant<T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(read);
}

/** Business time of the transaction. */
export async function readNow(tx: Tx): Promise<string> {
  const { now } = await tx.selectNoFrom(businessNow.as('now')).executeTakeFirstOrThrow();
  return now;
}
