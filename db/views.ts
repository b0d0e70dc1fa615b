import { sql, type Selectable } from 'kysely';
import type { PayoutId, SellerId } from '../domain/ids.ts';
import { places, type EntryKind, type Place } from '../domain/ledger.ts';
import { payableOf, type PayoutStatus } from '../domain/payout.ts';
import type { Hold } from '../domain/holds.ts';
import { utc } from './business-time.ts';
import type { Db } from './connect.ts';
import { laterAt } from './availability.ts';

import { activeHoldsOf } from './holds.ts';
import type { Database } from './schema.ts';

/** A payout as callers and operators see it. */
export type PayoutRecord = ReturnType<typeof toRecord>;

/** The payout with this id. */
export async function findPayout(db: Db, payoutId: PayoutId): Promise<PayoutRecord | undefined> {
  const row = await db
    .selectFrom('payouts')
    .selectAll()
    .where('id', '=', payoutId)
    .executeTakeFirst();
  return row && toRecord(row);
}

/** Payouts, newest first, one more than the limit where there are more. */
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
  let query = db.selectFrom('payouts').selectAll();
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

/** Which earnings a payout carries, oldest first; `releasedAt` says that they went back. */
export async function listPayoutItems(db: Db, payoutId: PayoutId) {
  const rows = await db
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
    .where('payout_items.payout_id', '=', payoutId)
    .orderBy('earnings.available_on')
    .orderBy('earnings.id')
    .execute();
  return rows;
}

/** What Stripe was asked for an object and what it said; never the body or Stripe's own words. */
export async function listAttempts(db: Db, objectId: PayoutId | SellerId) {
  const rows = await db
    .selectFrom('attempts')
    .selectAll()
    .where('object_id', '=', objectId)
    .orderBy('created_at')
    .orderBy('step', 'desc')
    .orderBy('number')
    .execute();
  return rows.map(toAttempt);
}

/** The requests about payouts of a seller that Stripe has put off or left without an answer. */
export async function listPutOff(db: Db, sellerId: SellerId) {
  const rows = await db
    .selectFrom('attempts')
    .innerJoin('payouts', 'payouts.id', 'attempts.object_id')
    .selectAll('attempts')
    .select('payouts.id as payout_id')
    .where('payouts.seller_id', '=', sellerId)
    .where('attempts.state', '=', 'started')
    .where('attempts.error', 'is not', null)
    .execute();
  return rows.map((row) => ({ ...toAttempt(row), payoutId: row.payout_id }));
}

/** A request as callers and operators see it. */
export type AttemptRecord = ReturnType<typeof toAttempt>;

function toAttempt(row: Selectable<Database['attempts']>) {
  return {
    key: row.key,
    step: row.step,
    number: row.number,
    state: row.state,
    account: row.account,
    apiVersion: row.api_version,
    tries: row.tries,
    stripeId: row.stripe_id,
    refusal: row.refusal,
    error: errorFacts(row.error),
    createdAt: row.created_at,
    firstSentAt: row.first_sent_at,
    lastSentAt: row.last_sent_at,
    decidedAt: row.decided_at,
  };
}

/** The ledger's lines of a payout, in the order in which they were written. */
export async function listPayoutEntries(db: Db, payoutId: PayoutId) {
  return db
    .selectFrom('ledger_entries')
    .select(['kind', 'currency', 'amount', 'from_place as from', 'to_place as to'])
    .select(['stripe_id as stripeId', 'created_at as at'])
    .where('payout_id', '=', payoutId)
    .orderBy('id')
    .execute();
}

/** Every movement of a seller's money, newest first, one more than the limit where there are more. */
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

/** What was ordered about an object, and under which API key. */
export async function listCommands(db: Db, objectId: string) {
  return selectCommands(db).where('commands.object_id', '=', objectId).execute();
}

/** What was decided about a seller and its holds; that it earned something is no decision. */
export async function listDecisions(db: Db, sellerId: SellerId) {
  return selectCommands(db)
    .where((is) =>
      is.or([
        is('commands.object_id', '=', sellerId),
        is('commands.object_id', 'in', (query) =>
          query.selectFrom('holds').select('holds.id').where('holds.seller_id', '=', sellerId),
        ),
      ]),
    )
    .where('commands.kind', '<>', 'create-earnings')
    .execute();
}

function selectCommands(db: Db) {
  return db
    .selectFrom('commands')
    .innerJoin('api_keys', 'api_keys.id', 'commands.api_key_id')
    .select(['commands.id', 'commands.kind', 'commands.created_at as at'])
    .select(['commands.object_id as objectId', reasonGiven.as('reason')])
    .select(['api_keys.id as apiKeyId', 'api_keys.name as apiKeyName'])
    .orderBy('commands.created_at');
}

/**
 * Answers keep the reasons that stand in rows, and that of an order of many. Where another key had
 * ordered it before, what stands is the reason of that one.
 */
const reasonGiven = sql<string | null>`case when answer ? 'list' then answer->>'reason'
  else case commands.kind
  when 'place-hold' then answer->>'reason'
  when 'release-hold' then answer->>'releaseReason'
  when 'waive-cooling' then answer->>'waiveReason'
  when 'pause-seller' then case when answer->'paused'->>'by' = api_key_id
    then answer->'paused'->>'reason' end
  when 'close-seller' then case when answer->'closed'->>'by' = api_key_id
    then answer->'closed'->>'reason' end end end`;

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

function errorFacts(error: Record<string, unknown> | null) {
  if (!error) return null;
  const { statusCode, type, code, requestId } = error;
  return {
    statusCode: typeof statusCode === 'number' ? statusCode : null,
    type: typeof type === 'string' ? type : null,
    code: typeof code === 'string' ? code : null,
    requestId: typeof requestId === 'string' ? requestId : null,
  };
}

/** A row as callers and operators see it. */
export function toRecord(row: Selectable<Database['payouts']>) {
  return {
    id: row.id,
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
    bankExpectedAt: row.bank_expected_at,
    failureCode: row.failure_code,
    bankAccount: row.bank_account,
    replaces: row.replaces,
    skipReason: row.skip_reason,
    waitingFor: row.waiting_for,
    lookAgainAt: row.look_again_at,
    parked: row.parked,
    parkedAt: row.parked_at,
    parkedDetail: row.parked_detail,
    unknownStep: row.unknown_step,
    orderedBy: row.ordered_by,
    payday: row.payday,
    cutOffAt: row.cut_off_at,
    cancelOrderedAt: row.cancel_ordered_at,
    cancelOrderedBy: row.cancel_ordered_by,
    cancelAnswer: row.cancel_answer,
    createdAt: row.created_at,
    startedAt: row.started_at,
    reservedAt: row.reserved_at,
    sentAt: row.sent_at,
    paidAt: row.paid_at,
    watchUntil: row.watch_until,
    overAt: row.over_at,
  };
}
