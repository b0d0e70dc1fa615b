import { type RawBuilder, sql } from 'kysely';
import { payableOf } from '../domain/funds.ts';
import type { Hold } from '../domain/holds.ts';
import type { SellerId } from '../domain/ids.ts';
import { type Place, places } from '../domain/ledger.ts';
import type { Db } from './connect.ts';
import { businessNow, instant } from './time.ts';

/** The moment by which an earning has to be there: now, or the cut-off of a payday. */
export function upTo(cutOff: string | null) {
  return cutOff === null ? businessNow : sql<string>`least(${cutOff}, business_now())`;
}

/** What a seller earned that is at a place and cannot be paid out yet. */
export function laterAt(
  place: 'platform' | 'account',
  of: { seller_id: unknown; currency: unknown },
  by: RawBuilder<string> = businessNow,
) {
  return sql<number>`coalesce((select sum(earnings.amount - allocated) from earnings
    where earnings.seller_id = ${of.seller_id} and earnings.currency = ${of.currency}
      and earnings.place = ${place} and allocated < earnings.amount
      and (available_on is null or available_on > ${by} or earnings.created_at > ${by})), 0)::bigint`;
}

/** What each currency could pay of what was there by `cutOff`; null is now, to the microsecond. */
export async function readPaydayFunds(db: Db, sellerId: SellerId, cutOff: string | null) {
  const by = cutOff === null ? businessNow : sql<string>`${cutOff}`;
  const of = { seller_id: sellerId, currency: sql.ref('balances.currency') };
  const { rows } = await sql<{
    currency: string;
    atPlatform: number;
    atAccount: number;
    notYetAvailable: number;
    holds: Hold[];
  }>`
    select currency,
      coalesce(sum(amount) filter (where place = 'platform'), 0)::bigint as "atPlatform",
      coalesce(sum(amount) filter (where place = 'account'), 0)::bigint
        - ${laterAt('account', of, by)} as "atAccount",
      ${laterAt('platform', of, by)} as "notYetAvailable",
      ${activeHoldsOf(sql`${sellerId}`)} as holds
    from balances where seller_id = ${sellerId} and place in ('platform', 'account')
    group by currency order by currency
  `.execute(db);
  return rows;
}

/** True for a hold, named `holds`, that nobody released and that has not run out. */
export const isActive = sql<boolean>`holds.released_at is null
  and (holds.expires_at is null or holds.expires_at > business_now())`;

/** Every active hold on a seller, for the decision what is payable. */
export function activeHoldsOf(sellerId: RawBuilder<unknown>) {
  return sql<Hold[]>`(select coalesce(json_agg(json_build_object('currency', holds.currency,
      'amount', holds.amount, 'expiresAt', ${instant('holds.expires_at')})), '[]')
    from holds where holds.seller_id = ${sellerId} and ${isActive})`;
}

/** Where a seller's money is, for each currency, and how much of it a payout would carry now. */
export async function readBalances(db: Db, sellerId: SellerId) {
  const { rows } = await sql<BalanceRow>`
    select currency, place, amount, ${activeHoldsOf(sql`${sellerId}`)} as holds,
      ${laterAt('platform', balances)} as later, ${laterAt('account', balances)} as "laterThere"
    from balances where seller_id = ${sellerId} order by currency
  `.execute(db);
  return [...new Set(rows.map(({ currency }) => currency))].map((currency) => {
    const own = rows.filter((row) => row.currency === currency);
    const at = Object.fromEntries(
      places.map((place) => [place, own.find((row) => row.place === place)?.amount ?? 0]),
    ) as Record<Place, number>;
    const { later = 0, laterThere = 0, holds = [] } = own[0] ?? {};
    const atAccount = at.account - laterThere;
    const funds = { atPlatform: at.platform, atAccount, notYetAvailable: later, holds };
    const payable = payableOf({ currency, ...funds });
    const held = payableOf({ currency, ...funds, holds: [] }) - payable;
    return { currency, places: at, payable, held, notYetAvailable: later + laterThere };
  });
}

const balances = {
  seller_id: sql.ref('balances.seller_id'),
  currency: sql.ref('balances.currency'),
};

type BalanceRow = {
  currency: string;
  place: Place;
  amount: number;
  later: number;
  laterThere: number;
  holds: Hold[];
};
