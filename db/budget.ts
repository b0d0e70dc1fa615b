import { sql, type RawBuilder } from 'kysely';
import type { Db } from './connect.ts';

/** A pace that all processes share: `name` gets one slot each `spacingMs`. */
export type Pace = { name: string; spacingMs: number };

/**
 * Takes the next free slot of every pace and answers with the milliseconds until the latest of
 * them. Slots are given out by the database in real time, so that two workers together keep the
 * pace of one.
 */
export async function takeSlots(db: Db, paces: readonly Pace[]): Promise<number> {
  const { rows } = await slotsTaken(paces, sql`true`).execute(db);
  return Math.max(0, ...rows.map((row) => row.wait_ms));
}

/** The same as a part of a larger statement; takes nothing unless the condition holds. */
export function slotsTaken(
  paces: readonly Pace[],
  condition: RawBuilder<unknown>,
): RawBuilder<{ wait_ms: number }> {
  return sql<{ wait_ms: number }>`
    insert into budget_slots as slot (name, spacing_ms, next_at)
    select pace.name, pace."spacingMs",
      clock_timestamp() + pace."spacingMs" * interval '1 millisecond'
    from jsonb_to_recordset(${JSON.stringify(paces)}::jsonb) as pace(name text, "spacingMs" float)
    where ${condition}
    order by pace.name
    on conflict (name) do update set spacing_ms = excluded.spacing_ms,
      next_at = greatest(slot.next_at, clock_timestamp())
        + excluded.spacing_ms * interval '1 millisecond'
    returning (extract(epoch from slot.next_at - clock_timestamp()) * 1000
      - slot.spacing_ms)::float as wait_ms
  `;
}
