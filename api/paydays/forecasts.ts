import type { z } from '@hono/zod-openapi';
import type { PaydayFacts } from '../../db/explanations.ts';
import { heldOf, payableOf } from '../../domain/funds.ts';
import { money } from '../../domain/money.ts';
import {
  type Forecast,
  forecastPayday,
  nextPayday,
  takenByOrders,
} from '../../domain/paydays/forecast.ts';
import type { PaydayMoney } from './schemas.ts';
import { sayNotPaid } from '../../domain/paydays/words.ts';

type Funds = PaydayFacts['funds'][number];

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
export function forecastsOf(facts: PaydayFacts, all: readonly Funds[], at: string): Forecast[] {
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

/** Converts a forecast for an answer. */
export function toPaydayMoney(forecast: Forecast): z.infer<typeof PaydayMoney> {
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
