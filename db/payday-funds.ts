import { sql } from 'kysely';
import type { SellerId } from '../domain/ids.ts';
import type { Hold } from '../domain/holds.ts';
import type { Db } from './connect.ts';
import { activeHoldsOf } from './holds.ts';
import { laterAt } from './availability.ts';
import { businessNow } from './business-time.ts';

/**
 * When a seller's workflow has to look at its paydays: not while no money waits for one. Part of
 * any query over `sellers`.
 */
export const paydayAt = sql<string | null>`least(threshold_look_at,
  case when next_payout_at is not null and exists (select from balances
    where balances.seller_id = sellers.id and place in ('platform', 'account') and amount > 0)
  then next_payout_at end)`;

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
