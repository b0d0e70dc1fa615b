import { type RawBuilder, sql } from 'kysely';
import { type Funds, heldOf, payableOf } from '../domain/funds.ts';
import type { Hold } from '../domain/holds.ts';
import type { DiscrepancyId, SellerId } from '../domain/ids.ts';
import { type Place, places } from '../domain/ledger.ts';
import type { Currency } from '../domain/money.ts';
import type { OpenOrder } from '../domain/paydays/plan.ts';
import type { Readiness } from '../domain/payouts/reservation.ts';
import {
  keepingCauses,
  stoppingCauses,
  unorderedCauses,
} from '../domain/reconciliation/discrepancies.ts';
import { corridorOf } from './accounts/corridors.ts';
import type { Db } from './connect.ts';
import { isUnreadOf } from './failed-reads/conditions.ts';
import { isInFlight } from './schema/statuses.ts';
import { businessNow, instant } from './time.ts';

/**
 * The instant by which an earning must be payable: now, or the cut-off of a payday if that is
 * earlier.
 */
export function upTo(cutOff: string | null) {
  return cutOff === null ? businessNow : sql<string>`least(${cutOff}, business_now())`;
}

/** True for an earning that is payable at this instant. Part of any query over `earnings`. */
export function isPayable(by: RawBuilder<string>) {
  return sql<boolean>`(earnings.available_on <= ${by} and earnings.created_at <= ${by}) is true`;
}

/** Which funds to read: those of a seller in one currency, as of an instant. */
type Of = { sellerId: RawBuilder<unknown>; currency: RawBuilder<unknown>; by: RawBuilder<string> };

/** The sum of a seller's earnings at this place that are not payable at that time. */
function laterAt(place: 'platform' | 'account', { sellerId, currency, by }: Of) {
  return sql`coalesce((select sum(earnings.amount - allocated) from earnings
    where earnings.seller_id = ${sellerId} and earnings.currency = ${currency}
      and earnings.place = ${place} and allocated < earnings.amount
      and not ${isPayable(by)}), 0)::bigint`;
}

function amountAt(place: Place, { sellerId, currency }: Omit<Of, 'by'>) {
  return sql`coalesce((select amount from balances as at where at.seller_id = ${sellerId}
    and at.currency = ${currency} and at.place = ${place}), 0)`;
}

/** The facts that decide what is payable (domain/funds.ts), as columns of any statement. */
export function fundsOf(of: Of) {
  return sql`${amountAt('platform', of)} as "atPlatform",
    ${amountAt('account', of)} - ${laterAt('account', of)} as "atAccount",
    ${laterAt('platform', of)} as "notYetAvailable",
    ${activeHoldsOf(of)} as holds, ${corridorOf(of.sellerId)} as corridor`;
}

/** What came to the account without an order and is not counted as paid, as a column. */
export function cameUnorderedOf(of: Omit<Of, 'by'>) {
  return sql`greatest(0, -${amountAt('foreign', of)}) as "cameUnordered"`;
}

/** The columns of `fundsOf` as a row. */
export type FundsRow = Pick<Funds, 'atPlatform' | 'atAccount' | 'notYetAvailable' | 'corridor'> & {
  holds: Hold[];
};

/**
 * The facts that may stop a payout regardless of the payable amount
 * (domain/payouts/reservation.ts), as columns of any statement. The seller's row has the other
 * facts.
 */
export function readinessOf({ sellerId, currency }: Omit<Of, 'by'>) {
  return sql`${hasInFlight({ seller_id: sellerId, currency })} as "isBusy",
    ${unorderedOf({ seller_id: sellerId, currency })} as unordered,
    ${isUnreadOf(sellerId)} as "isUnread",
    bank_is_paused(${sellerId}, ${currency}) as "isBankPaused",
    is_converted(${sellerId}, ${currency}) as "isConverted",
    lacks_bank(${sellerId}, ${currency}) as "lacksBank",
    bank_cools_until(${sellerId}, ${currency}) as "coolsUntil"`;
}

/**
 * True while a payout of this seller and currency is in flight. Meanwhile no other payout reserves
 * money.
 */
export function hasInFlight(of: { seller_id: unknown; currency: unknown }) {
  return sql<boolean>`exists (select from payouts as busy where busy.seller_id = ${of.seller_id}
    and busy.currency = ${of.currency} and ${isInFlight('busy')})`;
}

/**
 * The first discrepancy that stops a payout of this seller and currency: `stopsPayout` of
 * domain/reconciliation/discrepancies.ts in SQL. `reserved_at` is absent before the reservation.
 */
export function unorderedOf(of: {
  seller_id: unknown;
  currency: unknown;
  reserved_at?: RawBuilder<unknown>;
}) {
  const isStopping = sql`unordered.cause in (${literals(stoppingCauses)})`;
  const isLater = sql`unordered.opened_at >= ${of.reserved_at}`;
  return sql<DiscrepancyId | null>`(select unordered.id from discrepancies as unordered
    where unordered.seller_id = ${of.seller_id} and unordered.stripe_currency = ${of.currency}
      and unordered.closed_at is null and unordered.agrees_since is null
      and unordered.cause in (${literals(unorderedCauses)})
      and ${of.reserved_at ? sql`(${isStopping} or ${isLater})` : isStopping}
    order by unordered.opened_at, unordered.id limit 1)`;
}

function literals(causes: readonly string[]) {
  return sql.join(causes.map((cause) => sql.lit(cause)));
}

/** The columns of `readinessOf` as a row. */
export type ReadinessRow = Omit<Readiness, 'isPaused' | 'status'>;

/**
 * Reads a seller's funds in each currency, with the earnings that are payable by `cutOff`. Null
 * means now, to the microsecond.
 */
export async function readFunds(db: Db, sellerId: SellerId, cutOff: string | null) {
  const { rows } = await selectFunds<FundsRow>(sellerId, cutOff, fundsOf).execute(db);
  return rows;
}

/** Like `readFunds`, with the ordered payouts that have reserved nothing yet. */
export async function readFundsAndOrders(db: Db, sellerId: SellerId, cutOff: string | null) {
  const columns = (of: Of) => sql`${fundsOf(of)}, ${ordersOf(of)}`;
  const { rows } = await selectFunds<FundsRow & OrdersRow>(sellerId, cutOff, columns).execute(db);
  return rows;
}

/**
 * Like `readFundsAndOrders`, with the facts that may stop a payout. The answer also has the currency
 * that is asked for, even if the seller never had money in it.
 */
export async function readFundsAndReadiness(
  db: Db,
  sellerId: SellerId,
  cutOff: string | null,
  asked: Currency | null = null,
) {
  const columns = (of: Of) =>
    sql`${fundsOf(of)}, ${ordersOf(of)}, ${readinessOf(of)}, ${isBehindParked(of)}`;
  type Row = FundsRow & OrdersRow & ReadinessRow & { isBehindParked: boolean };
  const { rows } = await selectFunds<Row>(sellerId, cutOff, columns, asked).execute(db);
  return rows;
}

type OrdersRow = { orders: OpenOrder[] };

/** The ordered payouts that have reserved nothing yet, in the order in which they start. */
function ordersOf({ sellerId, currency }: Omit<Of, 'by'>) {
  return sql`(select coalesce(json_agg(json_build_object('requestedAmount', requested_amount)
      order by date_trunc('milliseconds', payouts.created_at), payouts.id), '[]')
    from payouts where payouts.seller_id = ${sellerId} and payouts.currency = ${currency}
      and payouts.status = 'requested') as orders`;
}

/** True if a parked payout keeps the other payouts of this seller and currency from starting. */
export function isBehindParked({ sellerId, currency }: Omit<Of, 'by'>) {
  return sql`exists (select from payouts as busy where busy.seller_id = ${sellerId}
    and busy.currency = ${currency} and busy.parked is not null
    and ${isInFlight('busy')}) as "isBehindParked"`;
}

/**
 * A seller's funds and orders in each currency as one value of a query, with the earnings that are
 * payable by this instant of the query.
 */
export function fundsIn(sellerId: SellerId, by: RawBuilder<string>) {
  const columns = (of: Of) => sql`${fundsOf(of)}, ${ordersOf(of)}`;
  const funds = selectFundsBy<FundsRow & OrdersRow>(sellerId, by, columns);
  return sql<(FundsRow & OrdersRow & { currency: Currency })[]>`
    (select coalesce(json_agg(funds), '[]') from (${funds}) as funds)`;
}

function selectFunds<Row>(
  seller: SellerId,
  cutOff: string | null,
  columns: (of: Of) => RawBuilder<unknown>,
  asked: Currency | null = null,
) {
  const by = cutOff === null ? businessNow : sql<string>`${cutOff}::timestamptz`;
  return selectFundsBy<Row>(seller, by, columns, asked);
}

function selectFundsBy<Row>(
  seller: SellerId,
  by: RawBuilder<string>,
  columns: (of: Of) => RawBuilder<unknown>,
  asked: Currency | null = null,
) {
  const also = asked === null ? sql`` : sql`union select ${asked}`;
  const of = { sellerId: sql`${seller}`, currency: sql.ref('known.currency'), by };
  return sql<Row & { currency: Currency }>`
    select known.currency, ${columns(of)} from (select distinct currency from balances
      where seller_id = ${seller} and place in ('platform', 'account') ${also}) as known
    order by known.currency
  `;
}

/**
 * True for a hold, named `holds`, that was not released and has not expired: `isStanding` in SQL.
 */
export const isActive = sql<boolean>`holds.released_at is null
  and (holds.expires_at is null or holds.expires_at > business_now())`;

/**
 * The open discrepancy that must be closed before a hold, named `holds`, can be released. Null if
 * none must.
 */
export const keptBy = sql<DiscrepancyId | null>`(select keeping.id from discrepancies as keeping
  where keeping.id = holds.about and keeping.cause in (${literals(keepingCauses)})
    and keeping.closed_at is null and keeping.agrees_since is null)`;

/** The active holds on a seller's money in one currency, as the rest of a query of holds. */
export function activeHoldsIn({ sellerId, currency, by }: Of) {
  return sql`holds where holds.seller_id = ${sellerId} and ${isActive}
    and (holds.currency is null or holds.currency = ${currency}) and ${counts(by)}`;
}

/**
 * The unreserved money that is payable now, including what is held: `freeOf` in domain/funds.ts.
 */
export function freeIn(of: Of) {
  return sql<number>`greatest(0, ${amountAt('account', of)} - ${laterAt('account', of)}
    + ${amountAt('platform', of)} - ${laterAt('platform', of)})`;
}

/** True for a hold, named `holds`, on the money of no earning, or of one that is payable. */
function counts(by: RawBuilder<string>) {
  return sql`(holds.earning_id is null or exists (select from earnings
    where earnings.id = holds.earning_id and ${isPayable(by)}))`;
}

/**
 * Every active hold on a seller, for the decision about what is payable at that time. A hold on the
 * money of an earning counts once the earning is payable, so that it holds no other money.
 */
export function activeHoldsOf({ sellerId, by }: Pick<Of, 'sellerId' | 'by'>) {
  return sql<Hold[]>`(select coalesce(json_agg(json_build_object('id', holds.id,
      'currency', holds.currency, 'amount', holds.amount,
      'expiresAt', ${instant('holds.expires_at')})), '[]')
    from holds where holds.seller_id = ${sellerId} and ${isActive} and ${counts(by)})`;
}

/** Reads where a seller's money is, by currency, and how much of it a payout would pay now. */
export async function readBalances(db: Db, sellerId: SellerId) {
  const currency = sql.ref('balances.currency');
  const of = { sellerId: sql`${sellerId}`, currency, by: businessNow };
  const { rows } = await sql<FundsRow & { currency: Currency; amounts: Record<Place, number> }>`
    select currency, json_object_agg(place, amount) as amounts, ${fundsOf(of)}
    from balances where seller_id = ${sellerId} group by currency order by currency
  `.execute(db);
  return rows.map(({ amounts, ...funds }) => {
    const at = places.map((place) => [place, amounts[place] ?? 0]);
    const there = Object.fromEntries(at) as Record<Place, number>;
    return {
      currency: funds.currency,
      places: there,
      payable: payableOf(funds),
      held: heldOf(funds),
      notYetAvailable: funds.notYetAvailable + there.account - funds.atAccount,
    };
  });
}
