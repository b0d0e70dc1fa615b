import { type Currency, formatMoney, type Money, money } from '../money.ts';
import type { MoneyStep } from '../stripe.ts';
import type { Payout } from './states.ts';

/**
 * An object at Stripe that a step of a payout may have created, with the fields that must match.
 */
export type Candidate = {
  id: string;
  amount: number;
  currency: Currency;
  /** The account of the payout, or the destination of the transfer. */
  account: string | null;
  /** The id of the engine's payout, from the object's metadata. */
  payoutId: string | null;
  /** How much of the transfer was reversed. */
  takenBack: 'nothing' | 'a part' | 'all';
  /** The transfer's group, which is the id of the engine's payout. Null for a payout. */
  group: string | null;
  /** True for a payout that failed or was canceled: its money is at the account again. */
  hasFailed: boolean;
  createdAt: string;
};

/**
 * Describes to an operator how the object differs from the ordered transfer or payout. Null if it
 * matches. Contains only ids and amounts.
 */
export function differenceOf(payout: Payout, step: MoneyStep, found: Candidate): string | null {
  const { payoutId, stripeAccount, currency, fromPlatform, fromAccount } = payout;
  const ordered = formatMoney(
    money(step === 'transfer' ? fromPlatform : fromPlatform + fromAccount, currency),
  );
  const actual = formatMoney(money(found.amount, found.currency));
  const differences = [
    actual !== ordered && `it is of ${actual}, not of ${ordered}`,
    found.account !== stripeAccount &&
      `it is for ${found.account ?? 'no account'}, not for ${stripeAccount}`,
    found.payoutId !== payoutId && `its metadata does not say payout_id ${payoutId}`,
    found.takenBack !== 'nothing' && `${found.takenBack} of it was reversed`,
  ].filter((difference) => difference !== false);
  return differences.length === 0 ? null : `${found.id}: ${differences.join('; ')}`;
}

/** Describes to an operator that Stripe has no object with the id that a person named. */
export function missing(id: string, step: MoneyStep, { stripeAccount }: Payout): string {
  const where = step === 'transfer' ? 'Stripe has' : `${stripeAccount} has`;
  return `${id}: ${where} no such ${step}`;
}

/**
 * Says how the amount or currency that arrived at the account differs from the transfer that was
 * ordered; null if both agree. A payout whose money arrived otherwise waits for a person.
 */
export function arrivedOtherwise(
  transferId: string,
  ordered: Money,
  arrived: Money,
): string | null {
  const { amount, currency } = ordered;
  if (arrived.amount === amount && arrived.currency === currency) return null;
  return `${transferId}: ${formatMoney(ordered)} arrived as ${formatMoney(arrived)}`;
}
