import type { z } from '@hono/zod-openapi';
import type { BankAccountRecord } from '../db/accounts/bank-accounts.ts';
import type { PaydayFacts } from '../db/explanations.ts';
import { payableOf } from '../domain/funds.ts';
import { formatMoney, money } from '../domain/money.ts';
import {
  type Forecast,
  forecastPayday,
  nextPayday,
  takenByOrders,
} from '../domain/paydays/forecast.ts';
import type { NextStep } from './explanation-schemas.ts';
import { paydayWords } from './payout-words.ts';
import type { PaydayMoney } from './schedule-schemas.ts';

type Funds = PaydayFacts['funds'][number];

/** The next payday of a seller, and what it would do with each currency. */
export type ComingPayday = { at: string; cutOffAt: string; isKept: boolean; forecasts: Forecast[] };

/** Finds it; nothing where the seller has no schedule. */
export function comingPayday(facts: PaydayFacts): ComingPayday | undefined {
  return nextPayday(
    facts.paydays.map(({ at, cutOffAt, funds }) => {
      const isKept = at <= facts.now;
      return { at, cutOffAt, isKept, forecasts: forecastsOf(facts, funds, at) };
    }),
  );
}

/** What a payday at this moment would do with these funds. */
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
    const isBankPaused = pausedBank(seller.banks, currency) !== undefined;
    const coolsUntil = coolingBank(seller.banks, currency)?.coolsUntil ?? null;
    return forecastPayday(payee, { ...funds, ordered, isBankPaused, coolsUntil }, at);
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
  return own ? payableOf({ ...own, holds: [] }) - payableOf(own) : 0;
}

/** The part of it that no payout is ordered of. */
export function unorderedNow(facts: PaydayFacts, currency: string): number {
  const orders = facts.openPayouts.filter((payout) => {
    return payout.status === 'requested' && payout.currency === currency;
  });
  const payable = payableNow(facts, currency);
  return payable - takenByOrders(orders, payable);
}

/** The bank account that payouts in a currency go to, while nothing may be sent there. */
export function pausedBank(banks: readonly BankAccountRecord[], currency: string) {
  return banks.find((bank) => isUsed(bank, currency) && bank.pausedAt !== null);
}

/** The same, while it takes no payout since it was changed. */
export function coolingBank(banks: readonly BankAccountRecord[], currency: string) {
  return banks.find((bank) => isUsed(bank, currency) && bank.coolsUntil !== null);
}

function isUsed({ currency: takes, isDefault, goneAt }: BankAccountRecord, currency: string) {
  return takes === currency && isDefault && goneAt === null;
}

/** A forecast as the API tells it. */
export function toPaydayMoney(forecast: Forecast): z.infer<typeof PaydayMoney> {
  const { currency, reason } = forecast;
  return {
    currency,
    pays: money(forecast.pays, currency),
    leaves: money(forecast.leaves, currency),
    held: money(forecast.held, currency),
    notYetAvailable: money(forecast.notYetAvailable, currency),
    reason,
    explanation: reason && paydayWords[reason],
  };
}

/** What the next payday does, as steps that are still to come: one for each currency. */
export function paydaySteps(payday: ComingPayday | undefined): z.infer<typeof NextStep>[] {
  if (!payday) return [];
  const at = payday.isKept ? null : payday.at;
  const step = (text: string, paid: z.infer<typeof NextStep>['money']) => {
    return { what: 'payday', text, at, money: paid, payoutId: null };
  };
  const some = payday.forecasts.filter(({ wouldPay }) => wouldPay > 0);
  if (some.length === 0) return [step('Payday: by what is known now, it has nothing to pay', null)];
  return some.map(({ currency, pays, wouldPay, held, reason }) => {
    if (reason === null) {
      const paid = money(pays, currency);
      const stays = held > 0 ? `; ${formatMoney(money(held, currency))} is held` : '';
      return step(`Payday: ${formatMoney(paid)} is paid${stays}`, paid);
    }
    const amount = formatMoney(money(wouldPay, currency));
    return step(`Payday: ${amount} is not paid as it stands. ${paydayWords[reason]}`, null);
  });
}
