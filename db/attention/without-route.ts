import { type RawBuilder, sql } from 'kysely';
import { overdueMinutes } from '../../domain/overdue/long-waits.ts';
import { noRoute } from '../../domain/routing/waits.ts';
import { corridorOf, lacksRoute } from '../accounts/corridors.ts';
import { isUnreadOf } from '../failed-reads/conditions.ts';
import { workflowId } from '../wake-ups.ts';

const ofSeller = sql.ref('sellers.id');

/** The seller has no other entry of its own, so that the same money is not listed twice. */
const isListedOnce = sql`status <> 'closed' and sellers.parked is null and rejected_at is null
  and stripe_account is not null and not ${isUnreadOf(ofSeller)}
  and not exists (select from bank_accounts as bank where bank.seller_id = sellers.id
    and asks_person_since is not null and cools_until > business_now()
    and is_default and gone_at is null)
  and not exists (select from overdue where workflow_id = ${workflowId('seller', 'sellers.id')}
    and noted_at < now() - ${sql.lit(overdueMinutes)} * interval '1 minute')`;

/**
 * The sellers whom the platform's money cannot reach although it is owed to them, as rows of what
 * waits for a person. Money counts from when it was payable, or from the wait of a payout that has
 * reserved it.
 */
export const withoutRoute = sql`
  select 'seller', id, id, null, ${sql.lit(noRoute)}, (${corridorOf(ofSeller)})::text, null,
    date_trunc('milliseconds', far.since, 'UTC')
  from sellers, lateral (select least(
      (select min(greatest(available_on, created_at)) from earnings
        where earnings.seller_id = sellers.id and place = 'platform' and allocated < amount
          and available_on <= business_now()),
      (select min(waits_since) from payouts where payouts.seller_id = sellers.id
        and waiting_for = ${sql.lit(noRoute)} and payouts.parked is null)) as since) as far
  where ${isListedOnce} and far.since is not null and ${lacksRoute}`;

/**
 * What a seller without a route is owed from the platform, as the stake of a row named `stopped`.
 * `isListed` is true for a payout with an entry of its own.
 */
export function stakeWithoutRoute(isListed: RawBuilder<boolean>, currency: string | undefined) {
  const only = currency === undefined ? sql`true` : sql`currency = ${currency}`;
  return sql`(select jsonb_agg(jsonb_build_object('amount', amount, 'currency', currency)
      order by currency)
    from (select currency, sum(amount)::bigint as amount
      from (select currency, amount from balances
          where balances.seller_id = stopped.seller_id and place = 'platform' and ${only}
        union all select currency, from_platform from payouts
          where payouts.seller_id = stopped.seller_id and status = 'reserved' and ${only}
            and waiting_for = ${sql.lit(noRoute)} and not ${isListed}) as parts
      group by currency having sum(amount) <> 0) as far)`;
}
