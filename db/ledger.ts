import { sql } from 'kysely';
import { mostHappened } from '../domain/explanations/timeline.ts';
import type { PayoutId, SellerId } from '../domain/ids.ts';
import type { Entry, EntryKind } from '../domain/ledger.ts';
import type { Db } from './connect.ts';

/** Records entries. An existing entry stays unchanged, so a repeat moves nothing. */
export async function recordEntries(db: Db, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await db
    .insertInto('ledger_entries')
    .values(entries.map(toRow))
    .onConflict((conflict) => conflict.column('event_key').doNothing())
    .execute();
}

/** An entry as a row of the table. */
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

/** Lists the newest ledger entries of a payout in the order in which they were recorded. */
export async function listPayoutEntries(db: Db, payoutId: PayoutId) {
  const newest = await db
    .selectFrom('ledger_entries')
    .select(['kind', 'currency', 'amount', 'from_place as from', 'to_place as to'])
    .select(['stripe_id as stripeId', 'created_at as at'])
    .where('payout_id', '=', payoutId)
    .orderBy('id', 'desc')
    .limit(mostHappened)
    .execute();
  return newest.toReversed();
}

/**
 * Lists the ledger entries of a seller, newest first. Returns one more than the limit if there are
 * more.
 */
export async function listSellerEntries(
  db: Db,
  filter: {
    sellerId: SellerId;
    kind?: EntryKind | undefined;
    before?: string | undefined;
    limit: number;
  },
) {
  const { sellerId, kind, before } = filter;
  let query = db
    .selectFrom('ledger_entries')
    .select(['kind', 'currency', 'amount', 'from_place as from', 'to_place as to'])
    .select(['payout_id as payoutId', 'stripe_id as stripeId', 'created_at as at'])
    .select(sql<string>`ledger_entries.id::text`.as('id'))
    .where('seller_id', '=', sellerId);
  if (kind) query = query.where('kind', '=', kind);
  if (before) query = query.where(sql<boolean>`ledger_entries.id < ${before}::bigint`);
  return query
    .orderBy('ledger_entries.id', 'desc')
    .limit(filter.limit + 1)
    .execute();
}
