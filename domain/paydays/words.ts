import type { SkipReason } from '../funds.ts';
import { sayPaydayWait } from '../waits.ts';
import type { NotPaidReason } from './forecast.ts';

export const skips: Record<SkipReason, string> = {
  'nothing-payable': 'Nothing was payable when it started',
  'more-than-payable': 'It asked for more than was payable when it started',
  'account-negative': 'The account’s balance was below zero when it started',
  'account-short':
    'Somebody else moved money out of the account after it was set aside; another payout took its place',
  'on-hold': 'All of it was held at the payday; it waits for the next payday',
  'below-minimum':
    'Less was payable than the minimum, the schedule’s or Stripe’s; the money waits for the next payday',
};

/** Why a payday pays nothing in a currency. */
export function sayNotPaid(reason: NotPaidReason): string {
  return isSkip(reason) ? paydaySkips[reason] : sayPaydayWait(reason);
}

function isSkip(reason: NotPaidReason): reason is SkipReason {
  return reason in skips;
}

const paydaySkips: Record<SkipReason, string> = {
  ...skips,
  'nothing-payable': 'By the cut-off nothing is payable that no payout is ordered of already',
  'account-negative': 'The account’s balance is below zero',
  'on-hold': 'All of it is held',
  'below-minimum': 'It is less than the schedule’s minimum, and waits until it is enough',
};
