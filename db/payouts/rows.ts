import { type RawBuilder, type Selectable, sql, type UpdateObject } from 'kysely';
import type { Stop } from '../../domain/holds.ts';
import type { DiscrepancyId, PayoutId } from '../../domain/ids.ts';
import { parkNames } from '../../domain/parking/reasons.ts';
import type { Payout, PayoutEarnings } from '../../domain/payouts/states.ts';
import { type Corridor, whyNoRoute } from '../../domain/routing/route.ts';
import { ownRefusal, type StripeError } from '../../domain/refusals/reasons.ts';
import { waitsThat } from '../../domain/waits.ts';
import { corridorOf } from '../accounts/corridors.ts';
import { nameOfKey } from '../api-keys.ts';
import type { Db } from '../connect.ts';
import { unorderedOf } from '../funds.ts';
import { stopsOf } from '../holds.ts';
import type { Database } from '../schema/index.ts';
import { lastErrorOf, lastRefusalOf } from '../stripe/attempt-views.ts';
import { businessNow, clockAheadMs } from '../time.ts';
import { waitsToStart } from './queue.ts';

/** The reasons to wait that have a property, as an SQL list. */
function reasonsThat(property: 'followsError' | 'hasStops') {
  return sql`(${sql.join(waitsThat(property).map((reason) => sql.lit(reason)))})`;
}

/** The most earnings that the Temporal UI names; the API lists all. */
const mostNamed = 5;

/**
 * The number and the first earnings among rows with `earning_id` and `amount`, as part of a query.
 */
export function earningsAmong(rows: RawBuilder<unknown>) {
  return sql<PayoutEarnings>`json_build_object('count', (select count(*) from ${rows} as items),
    'first', (select coalesce(json_agg(json_build_object('earningId', earning_id,
        'amount', amount) order by earning_id), '[]')
      from (select * from ${rows} as items order by earning_id limit ${sql.lit(mostNamed)})
        as listed))`;
}

/** Selects every column of a payout and the columns of `readAlong`. */
export function selectPayout(db: Db) {
  return db.selectFrom('payouts').selectAll().select(readAlong);
}

/**
 * The columns that are read in addition to a payout's own columns. If Stripe does not list the
 * account's bank accounts, payouts go to Stripe's default bank account, and the engine knows some
 * of them only from failed payouts. `pays_to` repeats `isUsed` in domain/accounts/bank.ts.
 */
export const readAlong = [
  businessNow.as('now'),
  sql<boolean>`exists (select from payouts as other where other.seller_id = payouts.seller_id
    and other.currency = payouts.currency and ${waitsToStart('other')}
    and other.id <> payouts.id)`.as('others_wait'),
  sql<boolean>`bank_is_paused(payouts.seller_id, payouts.currency)`.as('bank_paused'),
  sql<boolean>`lacks_bank(payouts.seller_id, payouts.currency)`.as('lacks_bank'),
  sql<boolean>`is_converted(payouts.seller_id, payouts.currency)`.as('is_converted'),
  corridorOf(sql.ref('payouts.seller_id')).as('corridor'),
  sql<string | null>`bank_cools_until(payouts.seller_id, payouts.currency)`.as('cools_until'),
  sql<string | null>`(select stripe_id from bank_accounts as used
    where used.seller_id = payouts.seller_id and used.currency = payouts.currency
      and used.is_default and used.gone_at is null and used.is_listed
    limit 1)`.as('pays_to'),
  unorderedOf({
    seller_id: sql.ref('payouts.seller_id'),
    currency: sql.ref('payouts.currency'),
    reserved_at: sql.ref('payouts.reserved_at'),
  }).as('unordered'),
  sql<boolean>`exists (select from sellers where sellers.id = payouts.seller_id
    and payouts_manual_at is not null)`.as('payouts_are_manual'),
  sql<boolean>`exists (select from sellers where sellers.id = payouts.seller_id
    and status <> 'active' and (transfers_capability is distinct from 'active'
      or payouts_capability is distinct from 'active'))`.as('lacks_capability'),
  sql<Stop[]>`case when payouts.waiting_for in ${reasonsThat('hasStops')}
    then ${stopsOf(sql.ref('payouts.seller_id'))} else '[]' end`.as('stops'),
  sql<string | null>`case when payouts.parked is not null or payouts.waiting_for
      in ${reasonsThat('followsError')}
    then ${lastErrorOf(sql.ref('payouts.id'))} end`.as('last_error'),
  sql<StripeError | null>`case when payouts.parked = ${sql.lit(parkNames.refused)}
    then ${lastRefusalOf(sql.ref('payouts.id'))} end`.as('refused'),
  earningsAmong(sql`(select * from payout_items where payout_id = payouts.id)`).as('earnings'),
  nameOfKey('payouts.ordered_by').as('ordered_by_name'),
  nameOfKey('payouts.cancel_ordered_by').as('canceled_by_name'),
  clockAheadMs.as('ahead_ms'),
] as const;

/** A payout's columns and the additional columns, as they come from the database. */
export type PayoutRow = Selectable<Database['payouts']> & {
  now: string;
  others_wait: boolean;
  bank_paused: boolean;
  lacks_bank: boolean;
  is_converted: boolean;
  corridor: Corridor | null;
  cools_until: string | null;
  pays_to: string | null;
  payouts_are_manual: boolean;
  lacks_capability: boolean;
  unordered: DiscrepancyId | null;
  stops: Stop[];
  last_error: string | null;
  refused: StripeError | null;
  earnings: PayoutEarnings;
  ordered_by_name: string | null;
  canceled_by_name: string | null;
  ahead_ms: number;
};

/** A payout as its workflow sees it. */
export function toPayout(row: PayoutRow): Payout {
  return {
    payoutId: row.id,
    sellerId: row.seller_id,
    currency: row.currency,
    status: row.status,
    requestedAmount: row.requested_amount,
    fromPlatform: row.from_platform,
    fromAccount: row.from_account,
    stripeAccount: row.stripe_account,
    transferId: row.transfer_id,
    arrivesAt: row.arrives_at,
    stripePayoutId: row.stripe_payout_id,
    failureCode: row.failure_code,
    bankPaused: row.bank_paused,
    lacksBank: row.lacks_bank,
    isConverted: row.is_converted,
    whyNoRoute: whyNoRoute(row.corridor),
    coolsUntil: row.cools_until,
    paysTo: row.pays_to,
    payoutsAreManual: row.payouts_are_manual,
    lacksCapability: row.lacks_capability,
    unordered: row.unordered,
    waitingFor: row.waiting_for,
    lookAgainAt: row.look_again_at,
    parked: row.parked,
    parkedDetail: row.parked_detail,
    lastError: row.last_error,
    refusal: row.refused && ownRefusal(row.refused),
    earnings: row.earnings,
    unknownStep: row.unknown_step,
    lookUps: row.look_ups,
    namedStripeId: row.named_stripe_id,
    watchUntil: row.watch_until,
    cancelAsked: row.cancel_ordered_at !== null && row.cancel_answer === null,
    stops: row.stops,
    othersWait: row.others_wait,
    skipReason: row.skip_reason,
    orderedBy: row.ordered_by_name ?? row.ordered_by,
    canceledBy: row.canceled_by_name,
    dates: {
      ordered: row.created_at,
      reserved: row.reserved_at,
      sent: row.sent_at,
      bankExpected: row.bank_expected_on,
      paid: row.paid_at,
      over: row.over_at,
      parked: row.parked_at,
      waiting: row.waits_since,
    },
    aheadMs: row.ahead_ms,
    now: row.now,
  };
}

/** Reads a payout as its workflow sees it. Throws if the payout does not exist. */
export async function readPayout(db: Db, payoutId: PayoutId): Promise<Payout> {
  const row = await selectPayout(db).where('id', '=', payoutId).executeTakeFirstOrThrow();
  return toPayout(row);
}

/** The columns of a payout that waits for nothing. */
export const notWaiting = { waiting_for: null, look_again_at: null } as const;

/**
 * Records that the workflow of a requested payout runs, so that the seller's workflow does not
 * start it again.
 */
export async function recordPayoutStarted(db: Db, payoutId: PayoutId): Promise<void> {
  await db
    .updateTable('payouts')
    .set({ started_at: businessNow })
    .where('id', '=', payoutId)
    .where('started_at', 'is', null)
    .execute();
}

/** Changes a payout and returns the stored payout. */
export async function update(
  db: Db,
  payoutId: PayoutId,
  change: UpdateObject<Database, 'payouts'>,
): Promise<Payout> {
  const row = await db
    .updateTable('payouts')
    .set(change)
    .where('id', '=', payoutId)
    .returningAll()
    .returning(readAlong)
    .executeTakeFirstOrThrow();
  return toPayout(row);
}
