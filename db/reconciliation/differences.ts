import { type RawBuilder, sql } from 'kysely';
import type { SellerId } from '../../domain/ids.ts';
import type { Db, Tx } from '../connect.ts';
import { lockFree } from '../locks.ts';
import { isOpen } from '../schema/statuses.ts';
import { type Difference, openDiscrepancies } from './discrepancies.ts';

/** An entry that no line confirms although the books were read since. */
export type LateClaim = {
  entryId: number;
  side: 'account' | 'platform';
  sellerId: SellerId;
  /** The name of the Stripe object on the platform's side. */
  object: string;
  /** The missing line is not older than this. */
  since: string;
};

/** Minutes of real time in which everybody can act, even if the clock is moved forward. */
const realMinutes = 5;

/** Sellers with unexplained lines that were stored more than a minute ago. */
export async function listSellersWithOpenLines(db: Db, limit: number): Promise<SellerId[]> {
  const { rows } = await sql<{ sellerId: SellerId }>`
    select seller_id as "sellerId" from movements
    where standing in ('open', 'unknown-payout') and seller_id is not null
      and noted_at < now() - interval '1 minute'
    group by seller_id order by max(noted_at) desc limit ${limit}
  `.execute(db);
  return rows.map(({ sellerId }) => sellerId);
}

/**
 * Entries that no line confirms although the books were read some time after them, oldest first.
 */
export async function listLateClaims(
  db: Db,
  { graceMinutes, limit }: { graceMinutes: number; limit: number },
): Promise<LateClaim[]> {
  const { rows } = await sql<LateClaim>`
    select entry_id as "entryId", side, claims.seller_id as "sellerId",
      object, least(claims.created_at, reserved_at) as since
    from claims join ledger_entries on ledger_entries.id = entry_id
      left join payouts on payouts.id = payout_id
    where movement_id is null and claims.created_at + ${graceMinutes} * interval '1 minute' < case side
        when 'account' then (select movements_read_at from sellers where id = claims.seller_id)
        else (select read_until from reconciliation) end
      and not exists (select from discrepancies
        where cause = 'line-missing' and object = entry_id || '/' || side)
    order by claims.created_at limit ${limit}
  `.execute(db);
  return rows;
}

/**
 * Opens a discrepancy for each of these entries that still has no line after another read of the
 * books.
 */
export async function openMissingLines(db: Db, claims: readonly LateClaim[]): Promise<void> {
  const given = claims.map(({ entryId, side }) => `${entryId}/${side}`);
  await open(
    db,
    sql`select 'line-missing' as cause, entry_id || '/' || side as object, claims.seller_id,
        payout_id, null as movement_id, stripe_id, null as at_stripe, null as stripe_currency,
        entry_id, net as in_ledger, claims.currency as ledger_currency
      from claims join ledger_entries on ledger_entries.id = entry_id
      where movement_id is null and entry_id || '/' || side = any(${given}::text[])`,
  );
}

/**
 * Opens a discrepancy for each line that has no entry after the grace time. A step without an
 * answer is no difference yet: its payout looks for the outcome, or waits for a person.
 */
export async function openMissingEntries(db: Db, graceMinutes: number): Promise<void> {
  await open(
    db,
    sql`select 'entry-missing' as cause, coalesce(object, id) as object, seller_id, payout_id,
        id as movement_id, object as stripe_id, net as at_stripe, currency as stripe_currency,
        null as entry_id, null as in_ledger, null as ledger_currency
      from movements where standing = 'open'
        and read_at < business_now() - ${graceMinutes} * interval '1 minute'
        and noted_at < now() - ${realMinutes} * interval '1 minute'
        and not exists (select from attempts join payouts on payouts.id = object_id
          where object_id = movements.payout_id and state in ('started', 'unknown')
            and ${isOpen()})`,
  );
}

/** Takes the sellers whose books were not checked for longest, up to this number of lines. */
export async function takeUnchecked(db: Db, lines: number): Promise<SellerId[]> {
  const { rows } = await sql<{ id: SellerId }>`
    with next as (
      select id, books_checked_at from sellers where stripe_account is not null
      order by books_checked_at nulls first, id limit 1000 ${lockFree('sellers')}
    ), counted as (
      select id, row_number() over turn as place, sum(coalesce(lines, 0) + 1) over turn as upto
      from next left join (select book, sum(lines) as lines from movement_sums group by book) sums
        on book = id
      window turn as (order by books_checked_at nulls first, id)
    )
    update sellers set books_checked_at = business_now() from counted
    where sellers.id = counted.id and (place = 1 or upto <= ${lines}) returning sellers.id
  `.execute(db);
  return rows.map(({ id }) => id);
}

/** Compares all lines, entries and balances of these sellers. */
export async function checkBooks(db: Db, sellers: readonly SellerId[]): Promise<void> {
  if (sellers.length === 0) return;
  const ids = sql`any(${sellers}::text[])`;
  await open(db, differingPairs(ids));
  await open(db, entriesGone(ids));
  await open(db, balancesBesideEntries(ids));
  await open(db, balancesBesideLines(ids));
}

/**
 * Lines whose entry has another amount or currency now: the opposite of `agrees` in
 * domain/reconciliation/movements.ts.
 */
function differingPairs(ids: RawBuilder<unknown>) {
  return sql`select 'amount-differs' as cause, movements.id as object, claims.seller_id,
      entry.payout_id, movements.id as movement_id, movements.object as stripe_id,
      movements.net as at_stripe, movements.currency as stripe_currency, entry.id as entry_id,
      said.net as in_ledger, entry.currency as ledger_currency
    from claims join movements on movements.id = movement_id
      join ledger_entries entry on entry.id = entry_id
      left join lateral claims_of(entry) said on said.side = claims.side
    where claims.seller_id = ${ids} and (said.net is distinct from movements.net
      or entry.currency <> movements.currency)`;
}

/** Lines whose entry no longer exists. */
function entriesGone(ids: RawBuilder<unknown>) {
  const gone = (seller: RawBuilder<unknown>) => sql`
    select 'entry-missing' as cause, coalesce(movements.object, movements.id) as object,
      ${seller} as seller_id, movements.payout_id, movements.id as movement_id,
      movements.object as stripe_id, movements.net as at_stripe,
      movements.currency as stripe_currency, null::bigint as entry_id, null::bigint as in_ledger,
      null as ledger_currency`;
  return sql`${gone(sql`movements.seller_id`)}
    from movements left join claims on movement_id = movements.id
      left join ledger_entries on ledger_entries.id = entry_id
    where standing = 'claimed' and ledger_entries.id is null and movements.seller_id = ${ids}
    union all ${gone(sql`claims.seller_id`)}
    from claims join movements on movements.id = movement_id
      left join ledger_entries on ledger_entries.id = entry_id
    where side = 'platform' and ledger_entries.id is null and claims.seller_id = ${ids}`;
}

/** Balances that are not the sum of their entries. */
function balancesBesideEntries(ids: RawBuilder<unknown>) {
  return sql`select 'balance-differs' as cause,
      concat_ws('/', seller_id, currency, place, kept - summed) as object, seller_id,
      null as payout_id, null as movement_id, null as stripe_id, null as at_stripe,
      null as stripe_currency, null as entry_id, kept as in_ledger, currency as ledger_currency
    from (
      select seller_id, currency, place, sum(kept)::bigint as kept, sum(summed)::bigint as summed
      from (
        select seller_id, currency, place, amount as kept, 0 as summed from balances
          where seller_id = ${ids}
        union all
        select seller_id, currency, to_place, 0, amount from ledger_entries
          where seller_id = ${ids}
        union all
        select seller_id, currency, from_place, 0, -amount from ledger_entries
          where seller_id = ${ids}
      ) as both_sides group by 1, 2, 3
    ) as places where kept <> summed`;
}

/**
 * Accounts whose balance by Stripe's lines differs from their balance by the ledger, after
 * subtracting the known differences: lines and entries that nothing confirms yet, and pairs of
 * different amounts.
 */
function balancesBesideLines(ids: RawBuilder<unknown>) {
  const pairs = sql`from claims join movements on movements.id = movement_id
    where claims.seller_id = ${ids} and side = 'account'
      and (claims.net <> movements.net or claims.currency <> movements.currency)`;
  return sql`select 'balance-differs' as cause,
      concat_ws('/', seller_id, currency, 'stripe', difference) as object, seller_id,
      null as payout_id, null as movement_id, null as stripe_id, at_stripe,
      currency as stripe_currency, null as entry_id, in_ledger, currency as ledger_currency
    from (
      select seller_id, currency, sum(at_stripe)::bigint as at_stripe,
        sum(in_ledger)::bigint as in_ledger,
        sum(at_stripe - in_ledger - explained)::bigint as difference
      from (
        select book as seller_id, currency, net as at_stripe, 0 as in_ledger, 0 as explained
          from movement_sums where book = ${ids}
        union all
        select seller_id, currency, 0, amount, 0 from balances
          where seller_id = ${ids} and place in ('account', 'account-reserved')
        union all
        select seller_id, currency, 0, 0, net from movements
          where seller_id = ${ids} and standing in ('open', 'unknown-payout')
        union all
        select seller_id, currency, 0, 0, -net from claims
          where seller_id = ${ids} and side = 'account' and movement_id is null
        union all
        select claims.seller_id, movements.currency, 0, 0, movements.net ${pairs}
        union all
        select claims.seller_id, claims.currency, 0, 0, -claims.net ${pairs}
      ) as parts group by 1, 2
    ) as books where difference <> 0`;
}

type Row = {
  cause: Difference['cause'];
  object: string;
  seller_id: SellerId | null;
  payout_id: Difference['payoutId'];
  movement_id: string | null;
  stripe_id: string | null;
  at_stripe: number | null;
  stripe_currency: string | null;
  entry_id: number | null;
  in_ledger: number | null;
  ledger_currency: string | null;
};

/** Opens the discrepancies that a query finds and that are not known yet. */
async function open(db: Db, query: RawBuilder<unknown>): Promise<void> {
  const { rows } = await sql<Row>`
    select * from (${query}) as found
    where not exists (select from discrepancies known where known.cause = found.cause
      and (known.object = found.object and (known.closed_at is null or known.movement_id is null
          or known.movement_id is not distinct from found.movement_id)
        or known.object = found.movement_id))
  `.execute(db);
  if (rows.length === 0) return;
  await db.transaction().execute((tx: Tx) => openDiscrepancies(tx, rows.map(toDifference)));
}

function toDifference(row: Row): Difference {
  const { movement_id, at_stripe, stripe_currency, entry_id, in_ledger, ledger_currency } = row;
  return {
    cause: row.cause,
    object: row.object,
    sellerId: row.seller_id,
    payoutId: row.payout_id ?? null,
    ...(at_stripe !== null &&
      stripe_currency !== null && {
        atStripe: {
          movementId: movement_id,
          object: row.stripe_id,
          net: at_stripe,
          currency: stripe_currency,
        },
      }),
    ...(in_ledger !== null &&
      ledger_currency !== null && {
        inLedger: { entryId: entry_id, net: in_ledger, currency: ledger_currency },
      }),
  };
}
