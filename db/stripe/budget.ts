import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../connect.ts';

/** A pace that all processes share: `name` gets one slot each `spacingMs`. */
export type Pace = { name: string; spacingMs: number };

/** What the database says of a slot: how long until it, and when by its own clock. */
export type Slot = { waitMs: number; atMs: number };

/**
 * Takes the next free slot of every pace and answers with the instant of the latest of them, as
 * `performance.now()` counts. Slots are given out by the database in real time, so that two workers
 * together keep the pace of one.
 */
export async function takeSlots(db: Db, paces: readonly Pace[]): Promise<number> {
  const askedAt = performance.now();
  const { rows } = await sql<Slot>`
    with slots as (${slotsTaken(paces, sql`true`)})
    select max(wait_ms)::float as "waitMs", max(at_ms)::float as "atMs" from slots
  `.execute(db);
  return instantOf(rows[0], askedAt);
}

/**
 * The same as a part of a larger statement; takes nothing unless the condition holds. A slot
 * two minutes ahead is taken for one of a clock that was set back since, and waits for nobody.
 */
export function slotsTaken(
  paces: readonly Pace[],
  condition: RawBuilder<unknown>,
): RawBuilder<{ wait_ms: number; at_ms: number }> {
  return sql`
    insert into budget_slots as slot (name, spacing_ms, next_at)
    select pace.name, pace."spacingMs",
      clock_timestamp() + pace."spacingMs" * interval '1 millisecond'
    from jsonb_to_recordset(${JSON.stringify(paces)}::jsonb) as pace(name text, "spacingMs" float)
    where ${condition}
    order by pace.name
    on conflict (name) do update set spacing_ms = excluded.spacing_ms,
      next_at = case when slot.next_at > clock_timestamp() + interval '2 minutes'
        then clock_timestamp() else greatest(slot.next_at, clock_timestamp()) end
        + excluded.spacing_ms * interval '1 millisecond'
    returning extract(epoch from slot.next_at - clock_timestamp()) * 1000 - slot.spacing_ms
      as wait_ms, extract(epoch from slot.next_at) * 1000 - slot.spacing_ms as at_ms
  `;
}

/**
 * When a slot is, as `performance.now()` counts. The wait alone tells it only as exactly as the
 * answer was quick. The database's clock tells it exactly, where it can be right: on one machine,
 * or on two whose clocks agree.
 */
export function instantOf(slot: Slot | undefined, askedAt: number): number {
  const answeredAt = performance.now();
  if (!slot) return answeredAt;
  const latest = answeredAt + slot.waitMs;
  const byClock = answeredAt + slot.atMs - Date.now();
  return byClock >= askedAt + slot.waitMs && byClock <= latest ? byClock : latest;
}
