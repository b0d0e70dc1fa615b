import { sql } from 'kysely';
import type { Entry } from '../domain/ledger.ts';
import type { Db } from './connect.ts';

/** Writes entries; one that stands already is left as it stands, so a repeat moves nothing. */
export async function recordEntries(db: Db, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await db
    .insertInto('ledger_entries')
    .values(entries.map(toRow))
    .onConflict((conflict) => conflict.column('event_key').doNothing())
    .execute();
}

/** An entry as the table holds it. */
export function toRow(entry: Entry) {
  return {
    event_key: entry.eventKey,
    kind: entry.kind,
    seller_id: entry.sellerId,
    currency: entry.currency,
    from_place: entry.from,
    to_place: entry.to,
    amount: entry.amount as number,
    payout_id: entry.payoutId ?? null,
    stripe_id: entry.stripeId ?? null,
  };
}

/** Entries as a part of a larger statement: the columns to insert into, and the lines to select. */
export function entryLines(entries: readonly Entry[]) {
  return {
    columns: sql.raw(columns.map(([name]) => name).join(', ')),
    lines: sql`jsonb_to_recordset(${JSON.stringify(entries.map(toRow))}::jsonb)
      as line(${sql.raw(columns.map((column) => column.join(' ')).join(', '))})`,
  };
}

const columns = [
  ['event_key', 'text'],
  ['kind', 'text'],
  ['seller_id', 'text'],
  ['currency', 'text'],
  ['from_place', 'text'],
  ['to_place', 'text'],
  ['amount', 'bigint'],
  ['payout_id', 'text'],
  ['stripe_id', 'text'],
] as const;
