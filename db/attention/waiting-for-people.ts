import { type RawBuilder, sql } from 'kysely';
import type { AttentionKind, AttentionReason } from '../../domain/attention/bulk.ts';
import type { AttentionRecord } from '../../domain/attention/words.ts';
import type { SellerId } from '../../domain/ids.ts';
import type { Money } from '../../domain/money.ts';
import {
  longestCreationMinutes,
  longestStartDays,
  longestWaitDays,
  overdueMinutes,
} from '../../domain/overdue/long-waits.ts';
import {
  notCreated,
  overduePayout,
  overdueSeller,
  parkNames,
  sharedBank,
  tooLong,
  unreadable,
} from '../../domain/parking/reasons.ts';
import { lateDays } from '../../domain/payouts/late.ts';
import { earningCauses } from '../../domain/reconciliation/discrepancies.ts';
import { noRoute } from '../../domain/routing/waits.ts';
import type { Db } from '../connect.ts';
import { failedReadsOf, isUnreadOf, unreadAccounts } from '../failed-reads/conditions.ts';
import { sellerNamesOf } from '../schema/seller-names.ts';
import { isAtAccount, isCarrying, isOpen, isUnsettled } from '../schema/statuses.ts';
import { lastRefusalOf } from '../stripe/attempt-views.ts';
import { businessNow, instant, utc } from '../time.ts';
import { workflowId } from '../wake-ups.ts';
import * as beside from './brakes-and-funding.ts';
import { stakeWithoutRoute, withoutRoute } from './without-route.ts';

/**
 * Which records to list. `currency` is the currency of the money, `country` the country of the
 * seller.
 */
export type AttentionFilter = {
  kind?: AttentionKind | undefined;
  reason?: AttentionReason | undefined;
  sellerId?: SellerId | undefined;
  currency?: string | undefined;
  country?: string | undefined;
  /** Only records that have waited since before this instant. */
  before?: string | undefined;
  /** Only the record with this id. */
  id?: string | undefined;
};

/** A page begins after this record. */
export type AttentionPlace = { since: string; id: string };

/** What waits for a person, oldest first, one more than the limit if there are more. */
export async function listAttention(
  db: Db,
  {
    filter = {},
    after,
    limit,
  }: { filter?: AttentionFilter; after?: AttentionPlace | undefined; limit: number },
): Promise<AttentionRecord[]> {
  const { rows } = await sql<AttentionRecord>`
    with stopped as (
      select * from ${waiting} where ${fits(filter)} and ${comesAfter(after)}
      order by since, id limit ${limit + 1}
    )
    select kind, id, seller_id as "sellerId", ${sellerNamesOf(sql`stopped.seller_id`)} as seller,
      currency, parked, parked_detail as "parkedDetail", unknown_step as "unknownStep", since,
      coalesce((select ${isAtAccount()} from payouts where payouts.id = stopped.id), false)
        as "isAtAccount",
      case when parked in (${sql.lit(parkNames.refused)}, ${sql.lit(parkNames.accountRefused)})
        then ${lastRefusalOf(sql`stopped.id`)} end as refused,
      ${stakeOf(filter.currency)} as "atStake", ${beside.holdsAbout} as holds,
      ${beside.orderItself} as "order", ${beside.agreesSince} as "agreesSince",
      case when kind = 'funding' then parked_detail::int end as payouts,
      ${beside.waitingForMoney(filter.sellerId)} as "firstPayouts"
    from stopped order by since, id
  `.execute(db);
  return rows;
}

/** The records with one reason: their number, the oldest date, and the total at stake. */
export type AttentionGroup = {
  kind: AttentionKind;
  reason: string;
  count: number;
  since: string;
  atStake: Money[];
};

/** Sums up everything that waits, by kind and reason, at one instant. */
export async function readAttentionGroups(
  db: Db,
  filter: AttentionFilter,
): Promise<{ now: string; groups: AttentionGroup[] }> {
  const { rows } = await sql<{ now: string; groups: AttentionGroup[] }>`
    with stopped as (
      select kind, parked, since, ${stakeOf(filter.currency)} as stake
      from (select * from ${waiting} where ${fits(filter)}) as stopped
    ), counted as (
      select kind, parked, count(*)::int as count, min(since) as since
      from stopped group by kind, parked
    ), summed as (
      select kind, parked, currency, sum(amount)::bigint as amount
      from stopped, jsonb_to_recordset(stake) as part(currency text, amount bigint)
      group by kind, parked, currency
    )
    select ${businessNow} as now, coalesce(json_agg(json_build_object('kind', kind,
      'reason', parked, 'count', count, 'since', ${asInstant}, 'atStake', (
        select coalesce(json_agg(json_build_object('amount', amount, 'currency', currency)
          order by currency), '[]')
        from summed where summed.kind = counted.kind and summed.parked = counted.parked
      )) order by since, kind, parked), '[]') as groups
    from counted
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error('an aggregate has one row');
  return row;
}

const asInstant = instant('since');

/** Truncated to milliseconds, the precision of a cursor. */
const parkedSince = sql<string>`date_trunc('milliseconds', parked_at, 'UTC')`;
const rejectedSince = sql<string>`date_trunc('milliseconds', rejected_at, 'UTC')`;
const openedSince = sql<string>`date_trunc('milliseconds', opened_at, 'UTC')`;
/** Since when a payout is late at the bank: `isLateAt` of domain/payouts/late.ts in SQL. */
const lateSince = sql<string>`date_trunc('milliseconds',
  sent_at + ${sql.lit(lateDays)} * interval '1 day', 'UTC')`;

/** True for a payout that the bank has had too long. */
const isLate = sql<boolean>`(status = 'sent' and parked is null and ${lateSince} < business_now())`;

/** The longest wait for the reason of a payout, and for its start. */
const longestDays = sql`case waiting_for ${sql.join(
  Object.entries(longestWaitDays).map(
    ([reason, days]) => sql`when ${sql.lit(reason)} then ${sql.lit(days)}`,
  ),
  sql` `,
)} else ${sql.lit(longestStartDays)} end`;

/** Since when a payout waits longer than it should. Null if it does not wait. */
const waitedSince = sql<string>`date_trunc('milliseconds', case when waiting_for is not null
  then waits_since when payouts.status = 'requested' then created_at end
  + ${longestDays} * interval '1 day', 'UTC')`;

const isWaitingTooLong = sql<boolean>`(parked is null and ${isOpen()} and not ${isLate}
  and coalesce(${waitedSince} < business_now(), false))`;

/** True for a workflow that was woken in vain for some minutes. */
const isLongOverdue = sql<boolean>`overdue.noted_at
  < now() - ${sql.lit(overdueMinutes)} * interval '1 minute'`;

/** Since when a seller without an account waits longer than it should. */
const uncreatedSince = sql<string>`date_trunc('milliseconds',
  created_at + ${sql.lit(longestCreationMinutes)} * interval '1 minute', 'UTC')`;

/** Everything that waits, as one table. */
const waiting = sql`(
  select 'payout' as kind, id, seller_id, currency, parked, parked_detail, unknown_step,
    ${parkedSince} as since
    from payouts where parked is not null
  union all
  select 'payout', id, seller_id, currency, 'late', null, null, ${lateSince}
    from payouts where status = 'sent' and parked is null and ${lateSince} < business_now()
  union all
  select 'payout', id, seller_id, currency, ${sql.lit(tooLong)}, waiting_for, null, ${waitedSince}
    from payouts where ${isWaitingTooLong}
  union all
  select 'payout', id, seller_id, currency, ${sql.lit(overduePayout)}, null, null,
    date_trunc('milliseconds', overdue.since, 'UTC')
    from payouts join overdue on workflow_id = ${workflowId('payout', 'payouts.id')}
    where parked is null and not ${isLate} and not ${isWaitingTooLong} and ${isLongOverdue}
  union all
  select 'seller', id, id, null, ${sql.lit(overdueSeller)}, null, null,
    date_trunc('milliseconds', overdue.since, 'UTC')
    from sellers join overdue on workflow_id = ${workflowId('seller', 'sellers.id')}
    where parked is null and rejected_at is null and status <> 'closed' and ${isLongOverdue}
      and stripe_account is not null and not ${isUnreadOf(sql.ref('sellers.id'))}
  union all
  select 'seller', id, id, null, ${sql.lit(notCreated)}, null, null, ${uncreatedSince}
    from sellers where status = 'onboarding' and stripe_account is null and parked is null
      and ${uncreatedSince} < business_now()
  union all
  select 'seller', id, id, null, parked, null, null, ${parkedSince}
    from sellers where parked is not null
  union all
  select 'seller', id, id, null, 'account-rejected', null, null, ${rejectedSince}
    from sellers where rejected_at is not null and parked is null and status <> 'closed'
  union all
  select 'seller', seller_id, seller_id, null, ${sql.lit(sharedBank)}, min(bank.stripe_id), null,
    date_trunc('milliseconds', min(asks_person_since), 'UTC')
    from bank_accounts as bank join sellers on sellers.id = bank.seller_id
    where asks_person_since is not null and cools_until > business_now()
      and is_default and gone_at is null
      and parked is null and rejected_at is null and sellers.status <> 'closed'
    group by seller_id
  union all
  select 'seller', id, id, null, ${sql.lit(unreadable)}, (${failedReadsOf(sql.ref('sellers.id'))}->0)::text,
    null, date_trunc('milliseconds', unread.since, 'UTC')
    from sellers join (${unreadAccounts}) as unread on unread.stripe_account = sellers.stripe_account
    where parked is null and rejected_at is null and status <> 'closed'
  union all
  select 'discrepancy', id, seller_id, coalesce(stripe_currency, ledger_currency), cause, object,
    null, ${openedSince}
    from discrepancies where closed_at is null
  union all
  ${withoutRoute}
  union all
  ${beside.brakesAndFunding}
) as waiting`;

function fits(filter: AttentionFilter): RawBuilder<unknown> {
  const { kind, reason, sellerId, currency, country, before, id } = filter;
  const rules = [
    kind && sql`kind = ${kind}`,
    reason && sql`parked = ${reason}`,
    sellerId && sql`(seller_id = ${sellerId} or ${beside.isMoneyFor(sql`${sellerId}`)})`,
    currency &&
      sql`(waiting.currency = ${currency} or waiting.currency is null and exists (
        select from ${heldBy(sql`waiting.seller_id`, currency)}))`,
    country &&
      sql`(exists (select from sellers where sellers.id = waiting.seller_id
        and country = ${country})
        or ${beside.isMoneyFor(sql`select id from sellers where country = ${country}`)})`,
    before && sql`since < ${utc(before)}::timestamptz`,
    id && sql`id = ${id}`,
  ].filter((rule) => typeof rule === 'object');
  return rules.length > 0 ? sql.join(rules, sql` and `) : sql`true`;
}

function comesAfter(after: AttentionPlace | undefined) {
  return after ? sql`(since, id) > (${after.since}::timestamptz, ${after.id})` : sql`true`;
}

/**
 * The money that does not move because of a row of `waiting`, named `stopped`. For a discrepancy,
 * its amount.
 */
function stakeOf(currency: string | undefined) {
  return sql`coalesce(case kind when 'payout' then (
      select jsonb_build_array(jsonb_build_object('amount', case
        when from_platform + from_account > 0 then from_platform + from_account
        else coalesce(requested_amount, ${unpaid}) end, 'currency', currency))
      from payouts where payouts.id = stopped.id
    ) when 'discrepancy' then (
      select jsonb_build_array(jsonb_build_object('amount', abs(${differs}),
        'currency', coalesce(stripe_currency, ledger_currency)))
      from discrepancies where discrepancies.id = stopped.id
        and coalesce(at_stripe, in_ledger) is not null
    ) when 'hold' then (
      select case when amount is not null
        then jsonb_build_array(jsonb_build_object('amount', amount, 'currency', currency))
        else (select jsonb_agg(jsonb_build_object('amount', held.amount,
            'currency', held.currency) order by held.currency)
          from ${heldBy(sql`stopped.seller_id`, currency)}
          where holds.currency is null or holds.currency = held.currency) end
      from holds where holds.id = stopped.id
    ) when 'funding' then (
      select jsonb_build_array(jsonb_build_object('amount', sum(from_platform)::bigint,
        'currency', payouts.currency))
      from payouts where ${beside.lacksPlatformMoney} and payouts.currency = stopped.id
      group by payouts.currency
    ) else case when parked = ${sql.lit(noRoute)}
      then ${stakeWithoutRoute(isWaitingTooLong, currency)} else (
      select jsonb_agg(jsonb_build_object('amount', amount - listed, 'currency', currency)
        order by currency)
      from ${heldBy(sql`stopped.seller_id`, currency)}, ${listedPayouts} where amount <> listed
    ) end end, '[]'::jsonb)`;
}

/** The amount of a discrepancy. For an earning, this is the part that its charge does not cover. */
const differs = sql`case when cause in (${sql.join(earningCauses.map((cause) => sql.lit(cause)))})
  then in_ledger - coalesce(at_stripe, 0) else coalesce(at_stripe, in_ledger) end`;

/** What the seller's listed payouts carry. This money is at stake in the payouts' own records. */
const listedPayouts = sql`lateral (
    select coalesce(sum(from_platform + from_account), 0)::bigint as listed from payouts
    where payouts.seller_id = stopped.seller_id and payouts.currency = held.currency
      and (parked is not null and ${isCarrying()}
        or ${isLate} or ${isWaitingTooLong} or exists (select from overdue
          where workflow_id = ${workflowId('payout', 'payouts.id')} and ${isLongOverdue}))
  ) as beside`;

/** What a seller has that is not at the bank, by currency, or in one currency. */
function heldBy(sellerId: RawBuilder<unknown>, currency: string | undefined) {
  return sql`(
    select currency, sum(amount)::bigint as amount from balances
    where balances.seller_id = ${sellerId} and ${isUnsettled}
      and ${currency === undefined ? sql`true` : sql`currency = ${currency}`}
    group by currency having sum(amount) <> 0
  ) as held`;
}

/** The amount of a payout of everything payable, before money is reserved for the payout. */
const unpaid = sql`coalesce((select sum(greatest(amount, 0)) from balances
  where balances.seller_id = payouts.seller_id and balances.currency = payouts.currency
    and place in ('platform', 'account')), 0)`;
