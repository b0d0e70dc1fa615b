import { type Currency, formatMoney, minor, type MinorUnits, money } from '../money.ts';

/** What a customer's charge brought, as Stripe shows the charge. Amounts in minor units. */
export type ChargeFacts = {
  /** The charge, `ch_` or `py_`. */
  id: string;
  currency: Currency;
  /** What the customer paid, before fees and refunds. */
  captured: number;
  refunded: number;
  /** The same money in the currency of the platform's balance. Null before Stripe booked it. */
  settled: { amount: number; currency: Currency } | null;
  isFailed: boolean;
  isDisputed: boolean;
  /**
   * What the charge passes on to an account by itself (a destination charge). `account` is null if
   * Stripe does not name the account.
   */
  passesOn: { account: string | null; amount: number } | null;
};

/** An earning that names a charge, and what the database knows about it. */
export type ChargedEarning = {
  amount: number;
  currency: Currency;
  /** The seller's account at Stripe. */
  account: string | null;
  /** True if the account's books show income of this seller from the same charge. */
  isPaidByCharge: boolean;
};

/** What the same charge already pays. `account` names the account of income, otherwise null. */
export type Share = { amount: number; currency: Currency; account: string | null };

/** Why a charge does not cover the whole earning that names it. */
export type Shortfall =
  'pays-seller' | 'failed' | 'disputed' | 'other-currency' | 'refunded' | 'shared' | 'too-small';

/**
 * Decides how much of an earning its charge covers. A charge pays a seller once: either by itself
 * or through earnings. Together, all earnings that name a charge never exceed what it brought, less
 * what was refunded or passed on. What a charge lost is not covered.
 */
export function coverageOf(
  earning: ChargedEarning,
  charge: ChargeFacts,
  others: readonly Share[],
): { covered: MinorUnits; why: Shortfall | null } {
  const { amount, currency } = earning;
  const gross = grossIn(charge, currency);
  const none = noneOf(earning, charge, gross);
  if (none !== null || gross === null) return { covered: minor(0), why: none };
  const refunded = convert(charge, { amount: charge.refunded, currency: charge.currency }, gross);
  const shared = sharesOf(charge, others).reduce(
    (sum, share) => sum + convert(charge, share, gross),
    0,
  );
  const covered = minor(Math.min(amount, Math.max(0, gross.amount - refunded - shared)));
  if (covered === amount) return { covered, why: null };
  if (amount > gross.amount) return { covered, why: 'too-small' };
  return { covered, why: refunded > 0 ? 'refunded' : 'shared' };
}

/** Says why a charge does not cover an earning, and how much it covers, for operators. */
export function sayShortfall(
  why: Shortfall,
  of: { charge: string; amount: number; covered: number; currency: Currency },
): string {
  const say = (amount: number): string => formatMoney(money(amount, of.currency));
  const covered = of.covered > 0 ? say(of.covered) : 'nothing';
  return (
    `Charge ${of.charge} ${words[why]}. ` +
    `The charge covers ${covered} of the ${say(of.amount)} that the earning promises`
  );
}

const words: Record<Shortfall, string> = {
  'pays-seller': 'pays the seller by itself',
  failed: 'failed',
  disputed: 'is disputed',
  'other-currency': 'brought money in another currency',
  refunded: 'was refunded, in part or as a whole',
  shared: 'also pays other earnings or another account',
  'too-small': 'brought less than the earning promises',
};

function noneOf(
  { account, isPaidByCharge }: ChargedEarning,
  { passesOn, isFailed, isDisputed }: ChargeFacts,
  gross: Gross | null,
): Shortfall | null {
  const isPassedOn = passesOn !== null && account !== null && passesOn.account === account;
  if (isPaidByCharge || isPassedOn) return 'pays-seller';
  if (isFailed) return 'failed';
  if (isDisputed) return 'disputed';
  return gross === null ? 'other-currency' : null;
}

/**
 * The shares of the charge besides the earning. What the charge passes on is also income in the
 * books of the account that receives it, and counts once.
 */
function sharesOf({ passesOn, currency }: ChargeFacts, others: readonly Share[]): Share[] {
  if (passesOn === null) return [...others];
  const beside = others.filter(({ account }) => account === null || account !== passesOn.account);
  return [...beside, { ...passesOn, currency }];
}

type Gross = { amount: number; currency: Currency };

/** The whole charge in this currency. Null if Stripe does not show it in this currency. */
function grossIn({ captured, currency, settled }: ChargeFacts, wanted: Currency): Gross | null {
  if (wanted === currency) return { amount: captured, currency };
  return settled?.currency === wanted ? settled : null;
}

/**
 * Converts a part of the charge to the currency of `gross`, in the proportion of the whole charge,
 * rounded up. A part in any other currency counts as the whole charge.
 */
function convert(charge: ChargeFacts, part: Gross, gross: Gross): number {
  if (part.currency === gross.currency) return part.amount;
  const whole = grossIn(charge, part.currency);
  if (whole === null || whole.amount === 0) return part.amount === 0 ? 0 : gross.amount;
  const [parts, of] = [BigInt(part.amount) * BigInt(gross.amount), BigInt(whole.amount)];
  return Number((parts + of - 1n) / of);
}
