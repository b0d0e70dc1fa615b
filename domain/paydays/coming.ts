import { heldOf, payableOf } from '../funds.ts';
import { type Currency, type Money, money } from '../money.ts';
import type { Readiness } from '../payouts/reservation.ts';
import type { PayoutStatus } from '../payouts/states.ts';
import type { SellerStatus } from '../sellers.ts';
import {
  type ExpectedFunds,
  type Forecast,
  forecastPayday,
  nextPayday,
  type NotPaidReason,
  takenByOrders,
} from './forecast.ts';
import type { Schedule } from './schedule.ts';
import { sayNotPaid } from './words.ts';

/** What a seller has in one currency before a payday, and what would stop a payout of it. */
export type PaydayFunds = Omit<ExpectedFunds, 'ordered'> & Pick<Readiness, 'isBusy'>;

/** What decides when a seller is paid next, and how much. */
export type PaydayFacts = {
  now: string;
  seller: { status: SellerStatus; schedule: Schedule; paused: object | null };
  operations: { moneyStopped: boolean };
  openPayouts: readonly {
    status: PayoutStatus;
    currency: Currency;
    requestedAmount: number | null;
  }[];
  /** As of now. */
  funds: readonly PaydayFunds[];
  /** The dates of which one is the next payday, each with what was there by its cut-off. */
  paydays: readonly { at: string; cutOffAt: string; funds: readonly PaydayFunds[] }[];
};

/** A seller's next payday with its forecasts. It is kept if it is due and was not opened yet. */
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

/** What a payday at this instant would do with each of these funds. */
export function forecastsOf(
  facts: PaydayFacts,
  all: readonly PaydayFunds[],
  at: string,
): Forecast[] {
  const { seller, operations } = facts;
  const payee = {
    status: seller.status,
    schedule: seller.schedule,
    isPaused: seller.paused !== null,
    isMoneyStopped: operations.moneyStopped,
  };
  return all.map((funds) => {
    const { currency } = funds;
    const ordered = payableNow(facts, currency) - unorderedNow(facts, currency);
    return forecastPayday(payee, { ...funds, ordered }, at);
  });
}

/** What a payout of everything ordered now would carry. */
export function payableNow({ funds }: Pick<PaydayFacts, 'funds'>, currency: string): number {
  const own = funds.find((one) => one.currency === currency);
  return own ? payableOf(own) : 0;
}

/** What holds keep back of it. */
export function heldNow({ funds }: Pick<PaydayFacts, 'funds'>, currency: string): number {
  const own = funds.find((one) => one.currency === currency);
  return own ? heldOf(own) : 0;
}

/** The part of it that no payout is ordered of. */
export function unorderedNow(facts: PaydayFacts, currency: string): number {
  const orders = facts.openPayouts.filter((payout) => {
    return payout.status === 'requested' && payout.currency === currency;
  });
  const own = facts.funds.find((one) => one.currency === currency);
  return own ? payableOf(own) - takenByOrders(orders, own) : 0;
}

/** What a payday pays in one currency, in words where it pays nothing. */
export type PaydayMoney = {
  currency: Currency;
  pays: Money;
  leaves: Money;
  held: Money;
  notYetAvailable: Money;
  reason: NotPaidReason | null;
  explanation: string | null;
};

/** A forecast with the words for it. */
export function toPaydayMoney(forecast: Forecast): PaydayMoney {
  const { currency, reason } = forecast;
  return {
    currency,
    pays: money(forecast.pays, currency),
    leaves: money(forecast.leaves, currency),
    held: money(forecast.held, currency),
    notYetAvailable: money(forecast.notYetAvailable, currency),
    reason,
    explanation: reason && sayNotPaid(reason),
  };
}
