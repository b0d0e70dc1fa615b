import type { SkipReason } from '../funds.ts';
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
export const paydayWords: Record<NotPaidReason, string> = {
  ...skips,
  'nothing-payable': 'By the cut-off nothing is payable that no payout is ordered of already',
  'account-negative': 'The account’s balance is below zero',
  'on-hold': 'All of it is held',
  'below-minimum': 'It is less than the schedule’s minimum, and waits until it is enough',
  'seller-not-active': 'The seller cannot be paid as it stands; it is once it becomes active',
  'seller-paused': 'The seller is paused; it is paid once it is resumed',
  'bank-details':
    'Its bank account did not take payouts; it is paid once that is another or was put right',
  'cooling-period': 'Its bank account was changed; it is paid once the cooling period is over',
  'money-stopped': 'An operator stopped all money; it is paid once money is resumed',
};
