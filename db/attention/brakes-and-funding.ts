import { type RawBuilder, sql } from 'kysely';
import type { SellerId } from '../../domain/ids.ts';
import { waitNames } from '../../domain/waits.ts';
import { isActive } from '../funds.ts';
import { sellerNamesOf } from '../schema/seller-names.ts';
import { instant } from '../time.ts';

/** True for a payout whose transfer waits for money in the platform's balance. */
export const lacksPlatformMoney = sql`parked is null
  and waiting_for = ${sql.lit(waitNames.platformBalance)}`;

/**
 * Rows of `waiting`: holds that only a release ends, pauses of sellers, stops of all money, and
 * money that the platform must add.
 */
export const brakesAndFunding = sql`
  select 'hold', id, seller_id, currency, 'held', null, null,
    date_trunc('milliseconds', placed_at, 'UTC')
    from holds where released_at is null and expires_at is null and not exists (select from
      discrepancies where discrepancies.id = holds.about and closed_at is null)
  union all
  select 'pause', seller_pauses.id, seller_id, null, ${sql.lit(waitNames.sellerPaused)}, null, null,
    date_trunc('milliseconds', seller_pauses.paused_at, 'UTC')
    from seller_pauses join sellers on sellers.id = seller_id
    where lifted_at is null and status <> 'closed'
  union all
  select 'stop', id, null, null, ${sql.lit(waitNames.moneyStopped)}, null, null,
    date_trunc('milliseconds', stopped_at, 'UTC')
    from money_stops where lifted_at is null
  union all
  select 'funding', currency, null, currency, 'platform-money-missing', count(*)::text, null,
    date_trunc('milliseconds', min(waits_since), 'UTC')
    from payouts where ${lacksPlatformMoney} group by currency`;

/** The most payouts that wait for the platform's money which one entry names. */
const mostNamed = 10;

/**
 * The payouts that wait for the platform's money in a row of `waiting`, named `stopped`. Those of
 * the seller that was asked for come first, then those that have waited longest.
 */
export function waitingForMoney(sellerId: SellerId | undefined) {
  const first = sellerId ? sql`seller_id <> ${sellerId}, waits_since` : sql`waits_since`;
  return sql`case when kind = 'funding' then (
    select json_agg(json_build_object('id', id, 'sellerId', seller_id,
      'seller', ${sellerNamesOf(sql`lacking.seller_id`)}, 'money',
      json_build_object('amount', from_platform, 'currency', currency),
      'since', ${instant('waits_since')}) order by ${first}, id)
    from (select id, seller_id, currency, from_platform, waits_since from payouts
      where ${lacksPlatformMoney} and payouts.currency = stopped.id
      order by ${first}, id limit ${mostNamed}) as lacking) end`;
}

/** True for a row of `waiting` about money that payouts of these sellers wait for. */
export function isMoneyFor(sellers: RawBuilder<unknown>) {
  return sql`(kind = 'funding' and exists (select from payouts
    where ${lacksPlatformMoney} and payouts.currency = waiting.id and seller_id in (${sellers})))`;
}

/** The active holds because of a discrepancy, which is a row of `waiting` named `stopped`. */
export const holdsAbout = sql`array(select holds.id from holds where kind = 'discrepancy'
  and holds.about = stopped.id and ${isActive} order by placed_at, holds.id)`;

/** Who ordered the hold, pause or stop that is a row of `waiting`, named `stopped`, and why. */
export const orderItself = sql`(
  select json_build_object('by', coalesce(name, ordered_by), 'reason', reason, 'cause', cause)
  from (select placed_by as ordered_by, reason, null as cause from holds
      where kind = 'hold' and holds.id = stopped.id
    union all select paused_by, reason, null from seller_pauses
      where kind = 'pause' and seller_pauses.id = stopped.id
    union all select stopped_by, reason, cause from money_stops
      where kind = 'stop' and money_stops.id = stopped.id) as ordered
  left join api_keys on api_keys.id = ordered_by)`;

/** Since when both sides of a discrepancy agree, which is a row of `waiting` named `stopped`. */
export const agreesSince = sql`(select agrees_since from discrepancies
  where kind = 'discrepancy' and discrepancies.id = stopped.id)`;
