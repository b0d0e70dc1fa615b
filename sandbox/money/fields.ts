import { invalid } from '../core/errors.ts';
import { integer, text } from '../core/params.ts';
import type { Field } from '../core/params.ts';
import { currencyOfCountry } from '../books/countries.ts';
import { decimalsOf, isCurrency } from '../books/money.ts';

const wholeUnitsTimesHundred = ['isk', 'ugx'];
const payoutsInWholeUnits = ['huf', 'twd', ...wholeUnitsTimesHundred];

/** An amount in minor units: whole, at least 1, of at most so many digits. */
export function amountField(digits = 12): Field<number | undefined> {
  const largest = 10 ** digits - 1;
  return {
    read(value, name) {
      const amount = integer().read(value, name) as number;
      if (amount < 1) {
        throw invalid('This value must be greater than or equal to 1.', {
          code: 'parameter_invalid_integer',
          param: name,
        });
      }
      if (amount <= largest) return amount;
      throw invalid(`This value must be no more than ${largest}.`, {
        code: 'amount_too_large',
        param: name,
      });
    },
  };
}

/** A currency the sandbox knows, in lower case. */
export function currencyField(): Field<string | undefined> {
  return {
    read(value, name) {
      const currency = (text().read(value, name) as string).toLowerCase();
      if (isCurrency(currency)) return currency;
      throw invalid(`Invalid currency: ${currency}.`, { param: name });
    },
  };
}

/** A text of limited length, such as a statement descriptor. */
export function shortText(length: number): Field<string | undefined> {
  return {
    read(value, name) {
      const read = text().read(value, name) as string;
      if (read.length <= length) return read;
      throw invalid(`Invalid ${name}: must be at most ${length} characters`, { param: name });
    },
  };
}

/** Refuses fractions a currency does not have: whole units written times 100, thousandths. */
export function refuseFraction(amount: number, currency: string): void {
  const step = stepOf(currency, wholeUnitsTimesHundred);
  if (amount % step === 0) return;
  throw invalid(`Invalid amount: amounts in ${currency} must be divisible by ${step}.`, {
    code: 'parameter_invalid_integer',
    param: 'amount',
  });
}

/** The step manual payouts of a currency go in. */
export function payoutStep(currency: string): number {
  return stepOf(currency, payoutsInWholeUnits);
}

/**
 * The least a payout may carry: what the country of the account asks for in its own currency, or one
 * unit of the currency, one cent of the US dollar.
 */
export function smallestPayout(currency: string, country: string): number {
  const units = currencyOfCountry(country) === currency ? leastUnits[country] : undefined;
  if (units !== undefined) return Math.round(units * 10 ** decimalsOf(currency));
  return currency === 'usd' ? 1 : 10 ** decimalsOf(currency);
}

/** Whole units of the country's currency (docs.stripe.com/payouts, read in August 2026). */
const leastUnits: Record<string, number> = {
  AU: 0.01,
  BR: 0.01,
  CA: 0.01,
  HK: 0.01,
  NZ: 0.01,
  TH: 0.01,
  US: 0.01,
  AE: 2,
  CH: 5,
  LI: 5,
  MY: 5,
  PL: 5,
  RO: 5,
  MX: 10,
  DK: 20,
  NO: 20,
  SE: 20,
  CZ: 30,
  HU: 360,
};

/** An amount as Stripe's messages write it. */
export function written(amount: number, currency: string): string {
  const style = { style: 'currency', currency } as const;
  return new Intl.NumberFormat('en-US', style).format(amount / 10 ** decimalsOf(currency));
}

function stepOf(currency: string, hundreds: string[]): number {
  if (hundreds.includes(currency)) return 100;
  return decimalsOf(currency) === 3 ? 10 : 1;
}
