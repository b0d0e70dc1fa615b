/** All arithmetic on money. Amounts are whole minor units; two currencies never meet. */

declare const minorUnits: unique symbol;
/** A whole number of a currency's smallest unit: cents, yen, fils. */
export type MinorUnits = number & { readonly [minorUnits]: true };
/** An ISO 4217 code in lower case, as Stripe writes it. */
export type Currency = string;
/** An amount in minor units, always beside its currency. */
export type Money = { readonly amount: MinorUnits; readonly currency: Currency };

/** The largest amount the engine takes: what Stripe takes, 99,999,999 with 12 digits of room. */
export const largestAmount = 999_999_999_999;

/** Brands a whole number as minor units. Throws RangeError for fractions and unsafe integers. */
export function minor(amount: number): MinorUnits {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not whole minor units: ${amount}`);
  return amount as MinorUnits;
}

/** An amount with its currency. */
export function money(amount: number, currency: Currency): Money {
  return { amount: minor(amount), currency };
}

/** The sum. Throws when the currencies differ. */
export function add(left: Money, right: Money): Money {
  assertSameCurrency(left, right);
  return money(left.amount + right.amount, left.currency);
}

/** The smaller of two amounts of one currency. */
export function smaller(left: MinorUnits, right: MinorUnits): MinorUnits {
  return left < right ? left : right;
}

/** How many digits stand behind the decimal point (docs.stripe.com/currencies, 2026-09). */
export function decimalsOf(currency: Currency): 0 | 2 | 3 {
  if (zeroDecimal.has(currency)) return 0;
  return threeDecimal.has(currency) ? 3 : 2;
}

/** An amount as people read it: `12.34 USD`. For texts only, never for arithmetic. */
export function formatMoney({ amount, currency }: Money): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${amount < 0 ? '-' : ''}${whole}${fraction} ${currency.toUpperCase()}`;
}

/** Rounds a payout down to what the bank can carry; the rest stays with the seller. */
export function payableAmount({ amount, currency }: Money): MinorUnits {
  const step = payoutStep.get(currency) ?? 1;
  return minor(amount - (amount % step));
}

/** The same for what moves within Stripe, where some currencies have no fractions either. */
export function movableAmount({ amount, currency }: Money): MinorUnits {
  const hasFractions = currency === 'huf' || currency === 'twd';
  return hasFractions ? amount : payableAmount({ amount, currency });
}

/**
 * The least that a payout can carry: one whole unit, one cent in USD (docs.stripe.com/payouts,
 * 2026-09). Where a country wants more, Stripe refuses.
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
/** Whole-unit payouts written with two decimals, and thousandths that end in 0 (same source). */
const payoutStep = new Map([
  ...['huf', 'twd', 'isk', 'ugx'].map((currency) => [currency, 100] as const),
  ...['bhd', 'jod', 'kwd', 'omr', 'tnd'].map((currency) => [currency, 10] as const),
]);
