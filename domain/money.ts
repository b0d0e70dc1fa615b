/**
 * All arithmetic with money uses whole minor units. Amounts in two currencies are never combined.
 */

declare const minorUnits: unique symbol;
/** A whole number of a currency's smallest unit: cents, yen, fils. */
export type MinorUnits = number & { readonly [minorUnits]: true };
/** An ISO 4217 code in lower case, as Stripe writes it. */
export type Currency = string;
/** An amount in minor units with its currency. */
export type Money = { readonly amount: MinorUnits; readonly currency: Currency };

/**
 * The largest amount in minor units that the engine accepts. Stripe's limit per payment,
 * 99,999,999, is far lower.
 */
export const largestAmount = 999_999_999_999;

/** Marks a whole number as minor units. Throws RangeError for fractions and unsafe integers. */
export function minor(amount: number): MinorUnits {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not whole minor units: ${amount}`);
  return amount as MinorUnits;
}

/** Combines an amount in minor units with its currency. Throws RangeError like `minor`. */
export function money(amount: number, currency: Currency): Money {
  return { amount: minor(amount), currency };
}

/**
 * Adds two amounts. Throws RangeError if the currencies differ or the sum is not a safe integer.
 */
export function add(left: Money, right: Money): Money {
  assertSameCurrency(left, right);
  return money(left.amount + right.amount, left.currency);
}

/** The smaller of two amounts of one currency. */
export function smaller(left: MinorUnits, right: MinorUnits): MinorUnits {
  return left < right ? left : right;
}

/** The number of decimal places of a currency (docs.stripe.com/currencies, 2026-09). */
export function decimalsOf(currency: Currency): 0 | 2 | 3 {
  if (zeroDecimal.has(currency)) return 0;
  return threeDecimal.has(currency) ? 3 : 2;
}

/** Formats an amount for people: `12.34 USD`. For texts only, never for arithmetic. */
export function formatMoney({ amount, currency }: Money): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${amount < 0 ? '-' : ''}${whole}${fraction} ${currency.toUpperCase()}`;
}

/**
 * Rounds a payout down to an amount that Stripe can send to a bank. The remainder stays with the
 * seller.
 */
export function payableAmount({ amount, currency }: Money): MinorUnits {
  return minor(amount - (amount % payoutStepOf(currency)));
}

/** The number of minor units of which each payout in a currency must be a multiple. */
export function payoutStepOf(currency: Currency): number {
  return payoutStep.get(currency) ?? 1;
}

/**
 * Rounds down to an amount that Stripe can transfer. Currencies with whole-unit payouts also need
 * whole-unit transfers, except HUF and TWD.
 */
export function movableAmount({ amount, currency }: Money): MinorUnits {
  const onlyPayoutsAreWhole = currency === 'huf' || currency === 'twd';
  return onlyPayoutsAreWhole ? amount : payableAmount({ amount, currency });
}

/**
 * The smallest payout in minor units: one whole unit, or one cent in USD (docs.stripe.com/payouts,
 * 2026-09). If a country requires more, Stripe refuses the payout.
 */
export function leastPayout(currency: Currency): MinorUnits {
  return minor(currency === 'usd' ? 1 : 10 ** decimalsOf(currency));
}

function assertSameCurrency(left: Money, right: Money): void {
  if (left.currency !== right.currency) {
    throw new RangeError(`${left.currency} and ${right.currency} never meet without a rate`);
  }
}

const zeroDecimal = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '),
);
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '));
/**
 * Currencies with two decimals but whole-unit payouts, and three-decimal currencies whose last
 * digit must be 0 (same source).
 */
const payoutStep = new Map([
  ...['huf', 'twd', 'isk', 'ugx'].map((currency) => [currency, 100] as const),
  ...['bhd', 'jod', 'kwd', 'omr', 'tnd'].map((currency) => [currency, 10] as const),
]);
