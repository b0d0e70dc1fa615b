import type { SkipReason } from '../funds.ts';
import { formatMoney, type Money } from '../money.ts';
import { waitNames, waits } from '../waits.ts';
import type { NotPaidReason } from './forecast.ts';

/** Explains why a payout ended without moving money. */
export const skips: Record<SkipReason, string> = {
  'nothing-payable': 'Nothing was payable when the payout started',
  'more-than-payable': 'More was ordered than was payable when the payout started',
  'account-negative': 'The account’s balance was below zero when the payout started',
  'account-short':
    'Somebody else moved money out of the account after it was reserved; another payout replaces this payout',
  'on-hold': 'All of the money was held on the payday; it waits for the next payday',
  [waitNames.noRoute]:
    'Stripe does not let the platform send money to the seller’s account; the money stays owed',
  'below-minimum':
    'Less was payable than the schedule’s or Stripe’s minimum; the money waits for the next payday',
};

/** Explains why a payday was skipped: the amount that it found, and the schedule's minimum. */
export function sayBelowMinimum(amount: Money, minimum: Money): string {
  return `${formatMoney(amount)} was payable, less than the schedule’s minimum of ${formatMoney(minimum)}; the money waits for the next payday`;
}

/** Explains why a payout was skipped that is less than Stripe pays out. Null: all was ordered. */
export function sayBelowLeast(ordered: Money | null): string {
  const least = 'the smallest payout that Stripe makes in the seller’s country';
  const where = 'GET /v1/routes names it';
  return ordered === null
    ? `Less was payable than ${least} (${where}); the money waits for later earnings`
    : `${formatMoney(ordered)} was ordered, less than ${least} (${where}); nothing was sent, and the money stays payable`;
}

/**
 * Explains why a payday pays nothing in a currency. `below` has the payable amount and the
 * schedule's minimum of one seller, and is absent for several sellers.
 */
export function sayNotPaid(
  reason: NotPaidReason,
  below?: { amount: Money; minimum: Money },
): string {
  if (reason === 'below-minimum' && below !== undefined) {
    return `${formatMoney(below.amount)} is payable, less than the schedule’s minimum of ${formatMoney(below.minimum)}, and waits for a later payday`;
  }
  return isSkip(reason) ? paydaySkips[reason] : waits[reason].onPayday;
}

function isSkip(reason: NotPaidReason): reason is SkipReason {
  return reason in skips;
}

const paydaySkips: Record<SkipReason, string> = {
  ...skips,
  'nothing-payable':
    'At the cut-off, nothing is payable except money in payouts that are already ordered',
  'account-negative': 'The account’s balance is below zero',
  'on-hold': 'All of the money is held',
  'below-minimum':
    'The payable amount is below the schedule’s minimum and waits for a later payday',
};
