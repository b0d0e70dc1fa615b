import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../connect.ts';

/** A pace that all processes share: `name` gets one slot per `spacingMs`. */
export type Pace = { name: string; spacingMs: number };

/** A slot as the database reports it: the wait until it, and its time by the database's clock. */
export type Slot = { waitMs: number; atMs: number };

/**
 * Takes the next free slot of every pace. Returns the instant of the latest slot in the time of
 * `performance.now()`. The database gives out slots in real time, so that two workers together keep
 * the pace of one.
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
 * The same as a part of a larger statement. Takes nothing unless the condition holds. A slot more
 * than two minutes ahead comes from a clock that was set back since, and delays nobody.
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
 * The instant of a slot in the time of `performance.now()`. Calculated from the wait alone, the
 * instant is only as exact as the answer was fast. The database's clock gives the exact instant if
 * it agrees with ours: on one machine, or on two machines with equal clocks.
 */
export function instantOf(slot: Slot | undefined, askedAt: number): number {
  const answeredAt = performance.now();
  if (!slot) return answeredAt;
  const latest = answeredAt + slot.waitMs;
  const byClock = answeredAt + slot.atMs - Date.now();
  return byClock >= askedAt + slot.waitMs && byClock <= latest ? byClock : latest;
}
