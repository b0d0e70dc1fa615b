import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../connect.ts';

/** A pace that all processes share: one slot of `name` every `spacingMs`. */
export type Pace = { name: string; spacingMs: number };

/**
 * A slot as the database returns it: the wait until the slot, and its time on the database's clock.
 */
export type Slot = { waitMs: number; atMs: number };

/**
 * Takes the next free slot of every pace. Returns the time of the latest slot on the clock of
 * `performance.now()`. The database assigns slots in real time, so all processes together keep each
 * pace.
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
 * The slots of `takeSlots` as part of a larger statement. Takes slots only if the condition is
 * true. Ignores a stored slot more than two minutes ahead, because it was taken before the clock
 * was set back.
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
 * Takes a slot of this pace only if it is free now, for a request that is not needed. Returns false
 * if it is not.
 */
export async function takeFreeSlot(db: Db, { name, spacingMs }: Pace): Promise<boolean> {
  const { rows } = await sql`
    insert into budget_slots as slot (name, spacing_ms, next_at)
    values (${name}, ${spacingMs},
      clock_timestamp() + ${spacingMs}::float * interval '1 millisecond')
    on conflict (name) do update set spacing_ms = excluded.spacing_ms, next_at = excluded.next_at
      where slot.next_at not between clock_timestamp() and clock_timestamp() + interval '2 minutes'
    returning name
  `.execute(db);
  return rows.length > 0;
}

/**
 * Converts the time of a slot to the clock of `performance.now()`. The wait alone gives an inexact
 * time, because the database's answer takes time to arrive. The time on the database's clock is
 * exact if both clocks agree, and is used only if it fits the wait.
 */
export function instantOf(slot: Slot | undefined, askedAt: number): number {
  const answeredAt = performance.now();
  if (!slot) return answeredAt;
  const latest = answeredAt + slot.waitMs;
  const byClock = answeredAt + slot.atMs - Date.now();
  return byClock >= askedAt + slot.waitMs && byClock <= latest ? byClock : latest;
}
