import { type Currency, formatMoney, money } from '../money.ts';
import type { MoneyStep } from '../stripe.ts';
import type { Payout } from './states.ts';

/**
 * An object at Stripe that a step of a payout may have created, with the fields that must match.
 */
export type Candidate = {
  id: string;
  amount: number;
  currency: Currency;
  /** The account that it belongs to or goes to. */
  account: string | null;
  /** The id of our payout in its metadata. */
  payoutId: string | null;
  /** How much of it was reversed. */
  takenBack: 'nothing' | 'a part' | 'all';
};

/**
 * How the object differs from the order, in words for an operator. Null if it is the ordered
 * object. Contains only ids and amounts.
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

/** The text about an id that a person named and Stripe does not know. */
export function missing(id: string, step: MoneyStep, { stripeAccount }: Payout): string {
  const where = step === 'transfer' ? 'Stripe has' : `${stripeAccount} has`;
  return `${id}: ${where} no such ${step}`;
}
