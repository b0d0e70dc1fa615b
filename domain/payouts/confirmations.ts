import { type Currency, formatMoney, money } from '../money.ts';
import type { MoneyStep } from '../stripe.ts';
import type { Payout } from './states.ts';

/** An object of Stripe's that may be what a step of a payout made, as far as it has to match. */
export type Candidate = {
  id: string;
  amount: number;
  currency: Currency;
  /** The account it belongs to, or goes to. */
  account: string | null;
  /** Our payout's id, as its metadata says. */
  payoutId: string | null;
  /** How much of it was reversed. */
  takenBack: 'nothing' | 'a part' | 'all';
};

/**
 * What of it is not as the payout ordered it, in words for an operator; null when it is the very
 * thing. Ids and amounts only.
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

/** Said of an id that a person named and Stripe does not know. */
export function missing(id: string, step: MoneyStep, { stripeAccount }: Payout): string {
  const where = step === 'transfer' ? 'Stripe has' : `${stripeAccount} has`;
  return `${id}: ${where} no such ${step}`;
}
