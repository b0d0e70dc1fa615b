import { heldOf, outOfReachOf, payableOf, planReservation } from '../funds.ts';
import { type Currency, type Money, money } from '../money.ts';
import {
  decideReservation,
  type Readiness,
  type ReservationDecision,
  stopBefore,
  stopOfSeller,
} from '../payouts/reservation.ts';
import type { SellerStatus } from '../sellers.ts';
import { notPaidForSeller } from '../for-seller/waits.ts';
import { waitNames } from '../waits.ts';
import {
  type ExpectedFunds,
  type Forecast,
  forecastPayday,
  nextPayday,
  type NotPaidReason,
} from './forecast.ts';
import { claimsOf, noClaims, type OpenOrder, withoutClaims } from './plan.ts';
import type { Schedule } from './schedule.ts';
import { sayNotPaid } from './words.ts';

/**
 * The funds of a seller in one currency before a payday, the ordered payouts that have reserved
 * nothing yet, and what would stop a payout.
 */
export type PaydayFunds = Omit<ExpectedFunds, 'ordered'> &
  Pick<Readiness, 'isBusy'> & { orders: readonly OpenOrder[] };

/** The facts that decide when and how much a seller is paid next. */
export type PaydayFacts = {
  now: string;
  seller: { status: SellerStatus; schedule: Schedule; pauses: readonly object[] };
  operations: { moneyStopped: boolean };
  /** The funds now. */
  funds: readonly PaydayFunds[];
  /**
   * The dates that may be the next payday, each with the funds that were available at its cut-off.
   */
  paydays: readonly { at: string; cutOffAt: string; funds: readonly PaydayFunds[] }[];
};

/**
 * A seller's next payday with its forecasts. `isKept`: the payday is due and was not opened yet.
 */
export type ComingPayday = { at: string; cutOffAt: string; isKept: boolean; forecasts: Forecast[] };

/** Finds the next payday. Undefined if the seller has no schedule. */
export function comingPayday(facts: PaydayFacts): ComingPayday | undefined {
  return nextPayday(
    facts.paydays.map(({ at, cutOffAt, funds }) => {
      const isKept = at <= facts.now;
      return { at, cutOffAt, isKept, forecasts: forecastsOf(facts, funds, at) };
    }),
  );
}

/** Forecasts what a payday at this instant would do with each of these funds. */
export function forecastsOf(
  facts: PaydayFacts,
  all: readonly PaydayFunds[],
  at: string,
): Forecast[] {
  const { seller, operations } = facts;
  const payee = {
    status: seller.status,
    schedule: seller.schedule,
    isPaused: seller.pauses.length > 0,
    isMoneyStopped: operations.moneyStopped,
  };
  return all.map((funds) => {
    const now = fundsNow(facts, funds.currency);
    const ordered = now ? claimsOf(now.orders, now) : noClaims;
    return forecastPayday(payee, { ...funds, ordered }, at);
  });
}

/** The amount that a payout of everything would pay if it were ordered now. Minor units. */
export function payableNow({ funds }: Pick<PaydayFacts, 'funds'>, currency: string): number {
  const own = fundsNow({ funds }, currency);
  return own ? payableOf(own) : 0;
}

/** The amount that holds withhold now. Minor units. */
export function heldNow({ funds }: Pick<PaydayFacts, 'funds'>, currency: string): number {
  const own = fundsNow({ funds }, currency);
  return own ? heldOf(own) : 0;
}

/** The amount that no route takes to the seller now. Minor units. */
export function outOfReachNow({ funds }: Pick<PaydayFacts, 'funds'>, currency: string): number {
  const own = fundsNow({ funds }, currency);
  return own ? outOfReachOf(own) : 0;
}

/** The payable amount minus what the already ordered payouts will take. Minor units. */
export function unorderedNow(facts: Pick<PaydayFacts, 'funds'>, currency: string): number {
  const own = fundsNow(facts, currency);
  return own ? payableOf(own) - claimsOf(own.orders, own).amount : 0;
}

/** By how much the account is below zero, as a negative amount in minor units. Otherwise 0. */
export function belowZeroNow(facts: Pick<PaydayFacts, 'funds'>, currency: string): number {
  return Math.min(0, fundsNow(facts, currency)?.atAccount ?? 0);
}

/**
 * Why a payout in this currency would not be sent if it were ordered now. Null if nothing stops it.
 */
export function stopNow(facts: PaydayFacts, currency: string) {
  const { seller, now, operations } = facts;
  const payee = { status: seller.status, isPaused: seller.pauses.length > 0 };
  const own = fundsNow(facts, currency);
  const plan = own && planReservation({ ...own, requestedAmount: null });
  const stop = plan ? stopBefore({ ...own, ...payee }, plan, now) : stopOfSeller(payee);
  return stop ?? (operations.moneyStopped ? waitNames.moneyStopped : null);
}

/** What an order would do. A wait with the reason `on-hold` is one for a hold. */
export type DryRunOrder =
  | Extract<ReservationDecision, { kind: 'reserve' }>
  | { kind: 'wait' | 'skip'; reason: NotPaidReason };

/**
 * Decides what an order would do if it were made now, beside what is ordered already. Without an
 * amount, it asks for everything. The reservation decides by the same rule. The facts must have the
 * funds of the currency, also where the seller never had money in it.
 */
export function dryRunOrder(
  facts: PaydayFacts,
  { currency, amount }: { currency: Currency; amount: number | null },
): DryRunOrder {
  const { seller, now, operations } = facts;
  const own = fundsNow(facts, currency);
  const payee = { status: seller.status, isPaused: seller.pauses.length > 0 };
  if (!own) throw new Error(`the funds in ${currency} were not read`);
  const rest = withoutClaims(own, claimsOf(own.orders, own));
  const asked = { ...rest, requestedAmount: amount };
  const decision = decideReservation({ ...own, ...payee }, asked, now);
  if (decision.kind === 'reserve') {
    return operations.moneyStopped ? { kind: 'wait', reason: waitNames.moneyStopped } : decision;
  }
  const { kind, reason } = decision;
  return { kind, reason: reason === waitNames.hold ? 'on-hold' : reason };
}

function fundsNow({ funds }: Pick<PaydayFacts, 'funds'>, currency: string) {
  return funds.find((one) => one.currency === currency);
}

/** The money of a payday in one currency. `explanation` says why nothing is paid. */
export type PaydayMoney = {
  currency: Currency;
  pays: Money;
  leaves: Money;
  held: Money;
  notYetAvailable: Money;
  reason: NotPaidReason | null;
  explanation: string | null;
  /** What the seller may know of the reason. */
  forSeller: string | null;
};

/** Converts a forecast to money with an explanation, as the API shows it. */
export function toPaydayMoney(forecast: Forecast): PaydayMoney {
  const { currency, reason } = forecast;
  const [amount, minimum] = [forecast.wouldPay, forecast.minimum];
  const below = { amount: money(amount, currency), minimum: money(minimum, currency) };
  return {
    currency,
    pays: money(forecast.pays, currency),
    leaves: money(forecast.leaves, currency),
    held: money(forecast.held, currency),
    notYetAvailable: money(forecast.notYetAvailable, currency),
    reason,
    explanation: reason && sayNotPaid(reason, below),
    forSeller: reason && notPaidForSeller(reason),
  };
}
