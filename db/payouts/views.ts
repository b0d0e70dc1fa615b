import { type Selectable, sql } from 'kysely';
import type { PayoutRecord } from '../../domain/explanations/facts.ts';
import type { EarningId, PayoutId, SellerId, SellerNames } from '../../domain/ids.ts';
import { parkNames } from '../../domain/parking/reasons.ts';
import type { PayoutStatus } from '../../domain/payouts/states.ts';
import type { Db } from '../connect.ts';
import type { Database } from '../schema/index.ts';
import { sellerNamesOf } from '../schema/seller-names.ts';
import { lastRefusalOf } from '../stripe/attempt-views.ts';
import { businessNow, utc } from '../time.ts';

/** The payout with this id. */
export async function findPayout(db: Db, payoutId: PayoutId): Promise<PayoutRecord | undefined> {
  const row = await selectRecords(db).where('id', '=', payoutId).executeTakeFirst();
  return row && toRecord(row);
}

/** Lists payouts, newest first. Returns one more than the limit if there are more. */
export async function listPayouts(
  db: Db,
  filter: {
    sellerId?: SellerId | undefined;
    status?: PayoutStatus | undefined;
    parked?: boolean | undefined;
    currency?: string | undefined;
    createdFrom?: string | undefined;
    createdBefore?: string | undefined;
    after?: PayoutId | undefined;
    limit: number;
  },
): Promise<PayoutRecord[]> {
  const { sellerId, status, parked, currency, createdFrom, createdBefore, after } = filter;
  let query = selectRecords(db);
  if (sellerId) query = query.where('seller_id', '=', sellerId);
  if (status) query = query.where('status', '=', status);
  if (currency) query = query.where('currency', '=', currency);
  if (createdFrom) query = query.where('created_at', '>=', utc(createdFrom));
  if (createdBefore) query = query.where('created_at', '<', utc(createdBefore));
  if (parked !== undefined) query = query.where('parked', parked ? 'is not' : 'is', null);
  if (after) {
    query = query.where(
      sql<boolean>`(created_at, id) < (select created_at, id from payouts where id = ${after})`,
    );
  }
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  return rows.map(toRecord);
}

/**
 * Lists the earnings of a payout in the order of their ids, which costs the same for every page of
 * a payout of any size. `releasedAt` is set if the payout released the earning. Returns one more
 * than the limit if there are more.
 */
export async function listPayoutItems(
  db: Db,
  of: { payoutId: PayoutId; after?: EarningId | undefined; limit: number },
) {
  const { payoutId, after, limit } = of;
  let query = db
    .selectFrom('payout_items')
    .innerJoin('earnings', 'earnings.id', 'payout_items.earning_id')
    .select([
      'earnings.id as earningId',
      'earnings.external_id as externalId',
      'earnings.charge',
      'earnings.description',
      'earnings.currency',
      'earnings.amount as earned',
      'payout_items.amount',
      'payout_items.released_at as releasedAt',
    ])
    .where('payout_items.payout_id', '=', payoutId);
  if (after) query = query.where('payout_items.earning_id', '>', after);
  return query
    .orderBy('payout_items.earning_id')
    .limit(limit + 1)
    .execute();
}

/** Selects the columns of payouts that callers and operators see. */
export function selectRecords(db: Db) {
  return db
    .selectFrom('payouts')
    .selectAll()
    .select([cancelRequest.as('cancel_request'), sentTo.as('sent_to')])
    .select(sellerNamesOf(sql.ref('payouts.seller_id')).as('seller'))
    .select([
      businessNow.as('as_of'),
      isPausedAtStripe.as('is_paused_at_stripe'),
      refused.as('refused'),
    ]);
}

/** Why Stripe refused the payout's request, while a person must decide about it. */
const refused = sql<PayoutRecord['refused']>`case when parked = ${sql.lit(parkNames.refused)}
  then ${lastRefusalOf(sql.ref('payouts.id'))} end`;

/** True if the seller's account may not pay out, as Stripe last reported. */
const isPausedAtStripe = sql<boolean>`exists (select from sellers
  where sellers.id = payouts.seller_id and payouts_capability <> 'active')`;

/** The last request to cancel a payout that was sent to Stripe. */
const cancelRequest = sql<PayoutRecord['cancelRequest']>`case
  when cancel_ordered_at is not null then (select json_build_object('tries', tries, 'code',
      coalesce(error->>'code', error->>'type', error->>'statusCode'))
    from attempts where object_id = payouts.id and step = 'cancel' and tries > 0
    order by number desc limit 1) end`;

/** What the seller knows the bank account by to which Stripe sends the money. */
const sentTo = sql<PayoutRecord['sentTo']>`case when destination is not null then
  (select json_build_object('bankAccount', destination, 'bankName', min(bank.bank_name),
      'last4', min(bank.last4))
    from bank_accounts bank where bank.seller_id = payouts.seller_id
      and bank.stripe_id = destination) end`;

/** A payout's columns, with what is read in addition. */
type RecordRow = Selectable<Database['payouts']> & {
  cancel_request: PayoutRecord['cancelRequest'];
  sent_to: PayoutRecord['sentTo'];
  seller: SellerNames;
  as_of: string;
  is_paused_at_stripe: boolean;
  refused: PayoutRecord['refused'];
};

function lastReadOf({ last_read_at: at, last_read_status: status }: RecordRow) {
  return at === null || status === null ? null : { at, status };
}

/** Converts a row to the payout that callers and operators see. */
export function toRecord(row: RecordRow): PayoutRecord {
  return {
    id: row.id,
    sellerId: row.seller_id,
    seller: row.seller,
    currency: row.currency,
    status: row.status,
    requestedAmount: row.requested_amount,
    fromPlatform: row.from_platform,
    fromAccount: row.from_account,
    stripeAccount: row.stripe_account,
    transferId: row.transfer_id,
    arrivesAt: row.arrives_at,
    stripePayoutId: row.stripe_payout_id,
    bankExpectedOn: row.bank_expected_on,
    lastRead: lastReadOf(row),
    failureCode: row.failure_code,
    bankAccount: row.bank_account,
    sentTo: row.sent_to,
    trace: row.trace_status === null ? null : { status: row.trace_status, id: row.trace_id },
    replaces: row.replaces,
    skipReason: row.skip_reason,
    skipMinimum: row.skip_minimum,
    paidBy: row.paid_by,
    paidOutside: row.paid_outside,
    paidReason: row.paid_reason,
    returnReason: row.return_reason,
    waitingFor: row.waiting_for,
    waitsSince: row.waits_since,
    lookAgainAt: row.look_again_at,
    parked: row.parked,
    parkedAt: row.parked_at,
    parkedDetail: row.parked_detail,
    refused: row.refused,
    unknownStep: row.unknown_step,
    orderedBy: row.ordered_by,
    payday: row.payday,
    lastPayday: row.last_payday,
    cutOffAt: row.cut_off_at,
    cancelOrderedAt: row.cancel_ordered_at,
    cancelOrderedBy: row.cancel_ordered_by,
    cancelAnswer: row.cancel_answer,
    cancelRequest: row.cancel_request,
    createdAt: row.created_at,
    startedAt: row.started_at,
    reservedAt: row.reserved_at,
    sentAt: row.sent_at,
    paidAt: row.paid_at,
    watchUntil: row.watch_until,
    overAt: row.over_at,
    asOf: row.as_of,
    isPausedAtStripe: row.is_paused_at_stripe,
  };
}
