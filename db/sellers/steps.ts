import { type Selectable, sql } from 'kysely';
import type { SellerOutlook } from '../../domain/explanations/temporal-ui/sellers.ts';
import { usualWaits } from '../../domain/explanations/temporal-ui/trouble.ts';
import type { Stop } from '../../domain/holds.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { manualSchedule } from '../../domain/paydays/schedule.ts';
import { lateDays } from '../../domain/payouts/late.ts';
import { booksFreshMinutes, type Seller } from '../../domain/sellers.ts';
import { lacksRoute } from '../accounts/corridors.ts';
import type { Db } from '../connect.ts';
import { failedLately, isUnreadOf } from '../failed-reads/conditions.ts';
import { fundsIn, isPayable } from '../funds.ts';
import { stopsOf } from '../holds.ts';
import { paydayAt } from '../paydays/thresholds.ts';
import { isStartBlocked, oldestFirst, waitsToStart } from '../payouts/queue.ts';
import type { Database } from '../schema/index.ts';
import { isAtBank, isBeforeBank } from '../schema/statuses.ts';
import { lastErrorOf } from '../stripe/attempt-views.ts';
import { businessNow, clockAheadMs, instant } from '../time.ts';

/**
 * Reads a seller as its workflow sees it, with the payouts that may start now. The count of
 * requirements repeats `isDue` in domain/accounts/requirements.ts.
 */
export async function readSellerForWorkflow(db: Db, sellerId: SellerId): Promise<Seller> {
  return (await readSellerWithOutlook(db, sellerId)).seller;
}

/** Like `readSellerForWorkflow`, with what the Temporal UI shows of the seller. */
export async function readSellerWithOutlook(
  db: Db,
  sellerId: SellerId,
): Promise<{ seller: Seller; outlook: SellerOutlook }> {
  const { rows } = await sql<SellerRow>`
    select sellers.*, business_now() as now, ${paydayAt} as payday_at, array(
      select distinct on (payouts.currency) payouts.id from payouts
      where seller_id = sellers.id and ${waitsToStart()} and not ${isStartBlocked(ofPayout)}
      order by payouts.currency, ${oldestFirst}
    ) as startable, ${stopsOf(sql.ref('sellers.id'))} as stops,
      (select count(*)::int from requirements where seller_id = sellers.id
        and deadline <> 'eventually_due') as requirements_due,
      earns_at_account and (movements_read_at is null
        or movements_read_at < business_now() - ${booksFreshMinutes} * interval '1 minute')
        and not ${failedLately('books')} as movements_due,
      case when parked is not null then ${lastErrorOf(sql.ref('sellers.id'))} end as last_error,
      ${clockAheadMs} as ahead_ms, ${isTroubled} as is_troubled, ${payoutsUnderWay} as under_way,
      ${payoutsEnded} as ended,
      ${fundsIn(sellerId, businessNow)} as funds_now, ${available} as available,
      case when next_payout_at is not null then ${fundsIn(sellerId, cutOff)} end as funds_then
    from sellers where id = ${sellerId}
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error(`no such seller: ${sellerId}`);
  return { seller: toSeller(row), outlook: toOutlook(row) };
}

function toSeller(row: SellerRow): Seller {
  return {
    sellerId: row.id,
    status: row.status,
    country: row.country,
    currency: row.currency,
    stripeAccount: row.stripe_account,
    accountKnown: row.account_read_at !== null,
    canReceiveTransfers: row.transfers_capability === 'active',
    canPayOut: row.payouts_capability === 'active',
    payoutsAreManual: row.payouts_manual_at !== null,
    requirementsDue: row.requirements_due,
    movementsDue: row.movements_due,
    startablePayouts: row.startable,
    payoutsUnderWay: row.under_way.map(({ payoutId }) => payoutId),
    paydayAt: row.payday_at,
    stops: row.stops,
    lookAgainAt: row.look_again_at,
    parked: row.parked,
    lastError: row.last_error,
    now: row.now,
  };
}

function toOutlook(row: SellerRow): SellerOutlook {
  return {
    isTroubled: row.is_troubled,
    schedule: row.schedule ?? manualSchedule,
    nextPayoutAt: row.next_payout_at,
    fundsNow: row.funds_now,
    fundsThen: row.funds_then ?? [],
    available: row.available,
    payouts: row.under_way,
    ended: row.ended,
    aheadMs: row.ahead_ms,
  };
}

const ofPayout = { seller_id: sql.ref('sellers.id'), currency: sql.ref('payouts.currency') };

/** The cut-off of the next payday: `cutOffOf` in domain/paydays/schedule.ts in SQL. */
const cutOff = sql<string>`least(business_now(), next_payout_at
  - coalesce((schedule->>'cutOffHours')::numeric, 0)::float8 * interval '1 hour')`;

/** When money that no payout has allocated becomes or became payable, by currency. */
const available = sql<SellerOutlook['available']>`(
  select coalesce(json_agg(json_build_object('currency', currency, 'since', ${instant('since')},
    'first', ${instant('first')}, 'last', ${instant('last')}, 'isUndated', is_undated,
    'laterAtAccount', later_at_account)), '[]')
  from (select currency,
      min(greatest(available_on, created_at)) filter (where payable and allocated + held < amount)
        as since,
      min(available_on) filter (where not payable) as first,
      max(available_on) filter (where not payable) as last,
      bool_or(available_on is null) as is_undated,
      coalesce(sum(amount - allocated) filter (where not payable and place = 'account'), 0)::bigint
        as later_at_account
    from (select earnings.*, ${isPayable(businessNow)} as payable from earnings
      where earnings.seller_id = sellers.id and allocated < amount) as unpaid
    group by currency) as available)`;

/** The oldest payouts that are ordered and not yet at the bank. */
const payoutsUnderWay = sql<SellerOutlook['payouts']>`(
  select coalesce(json_agg(json_build_object('payoutId', id, 'currency', currency,
    'orderedAt', ${instant('created_at')}, 'amount', case status when 'requested'
      then requested_amount else from_platform + from_account end) order by created_at), '[]')
  from (select * from payouts where payouts.seller_id = sellers.id and ${isBeforeBank()}
    order by created_at limit 5) as under_way)`;

/** The newest payouts that the bank has or had, or that ended without it. */
const payoutsEnded = sql<SellerOutlook['ended']>`(
  select coalesce(json_agg(json_build_object('payoutId', id, 'currency', currency,
    'amount', coalesce(nullif(from_platform + from_account, 0), requested_amount),
    'status', status, 'at', ${instant('ended_at')}) order by created_at desc, id desc), '[]')
  from (select *, coalesce(case when ${isAtBank()} then paid_at end, over_at) as ended_at
    from payouts where payouts.seller_id = sellers.id and not ${isBeforeBank()}
      and payouts.status <> 'skipped' order by created_at desc, id desc limit 3) as ended)`;

/**
 * True if something beside the seller's own row may keep the seller from being paid, or differs.
 * The details of such a seller need all facts, which cost more statements. For payouts, this is
 * `troubleAt` in domain/explanations/temporal-ui/trouble.ts in SQL.
 */
const isTroubled = sql<boolean>`(rejected_at is not null
  or exists (select from discrepancies where discrepancies.seller_id = sellers.id
    and closed_at is null)
  or exists (select from payouts where payouts.seller_id = sellers.id and ${isBeforeBank()}
    and (payouts.parked is not null or waiting_for not in (${sql.join(usualWaits.map((one) => sql.lit(one)))})
      or (payouts.status = 'sent'
        and sent_at + ${sql.lit(lateDays)} * interval '1 day' < business_now())))
  or exists (select from bank_accounts where bank_accounts.seller_id = sellers.id
    and gone_at is null and paused_at is not null)
  or (${lacksRoute} and exists (select from balances
    where balances.seller_id = sellers.id and place = 'platform' and amount > 0))
  or (account_read_at is not null and lacks_bank(sellers.id, sellers.currency))
  or bank_cools_until(sellers.id, sellers.currency) > business_now()
  or exists (select from balances where balances.seller_id = sellers.id and place = 'account'
    and amount < 0)
  or exists (select from money_stops where lifted_at is null)
  or ${isUnreadOf(sql.ref('sellers.id'))})`;

type SellerRow = Selectable<Database['sellers']> & {
  now: string;
  startable: PayoutId[];
  under_way: SellerOutlook['payouts'];
  ended: SellerOutlook['ended'];
  payday_at: string | null;
  requirements_due: number;
  movements_due: boolean;
  last_error: string | null;
  stops: Stop[];
  ahead_ms: number;
  is_troubled: boolean;
  funds_now: SellerOutlook['fundsNow'];
  available: SellerOutlook['available'];
  funds_then: SellerOutlook['fundsThen'] | null;
};
