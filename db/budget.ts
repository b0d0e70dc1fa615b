import { sql } from 'kysely';
import type { Db } from './connect.ts';

/** A pace that all processes share: `name` gets one slot each `spacingMs`. */
export type Pace = { name: string; spacingMs: number };

/**
 * Takes the next free slot of every pace and answers with the milliseconds until the latest of
 * them. Slots are given out by the database in real time, so that two workers together keep the
 * pace of one.
 */
export async function takeSlots(db: Db, paces: readonly Pace[]): Promise<number> {
  const sorted = [...paces].sort((left, right) => (left.name < right.name ? -1 : 1));
  const { rows } = await sql<{ wait_ms: number }>`
    insert into budget_slots as slot (name, spacing_ms, next_at)
    select pace.name, pace."spacingMs",
      clock_timestamp() + pace."spacingMs" * interval '1 millisecond'
    from jsonb_to_recordset(${JSON.stringify(sorted)}::jsonb) as pace(name text, "spacingMs" float)
    on conflict (name) do update set spacing_ms = excluded.spacing_ms,
      next_at = greatest(slot.next_at, clock_timestamp())
        + excluded.spacing_ms * interval '1 millisecond'
    returning (extract(epoch from slot.next_at - clock_timestamp()) * 1000
      - slot.spacing_ms)::float as wait_ms
  `.execute(db);
  return Math.max(0, ...rows.map((row) => row.wait_ms));
}
