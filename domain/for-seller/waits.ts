import type { SkipReason } from '../funds.ts';
import type { PayoutPark, SellerPark } from '../parking/reasons.ts';
import { noRouteForSeller } from '../routing/waits.ts';
import type { WaitReason } from '../waits.ts';

/** The waits of explanations that are no reason in the row of a payout or seller. */
export type OwnWait =
  | 'account-creation'
  | 'account-negative'
  | 'account-read'
  | 'bank-account'
  | 'below-minimum'
  | 'charge-unknown'
  | 'closed'
  | 'manual-payouts'
  | 'no-payout'
  | 'not-yet-available'
  | 'nothing-earned'
  | 'onboarding'
  | 'payday'
  | 'paused'
  | 'start'
  | 'threshold'
  | 'too-small';

/** Everything that a wait in an answer can be for. */
export type WaitName = WaitReason | PayoutPark | SellerPark | OwnWait;

const safe = 'Your money is safe.';
const nothing = 'You do not need to do anything.';
const support = `${safe} Please write to support if you have questions.`;
const settings = 'Please open your payout settings and enter what is asked.';
const preparing = `Your payment is being prepared. ${nothing}`;
const checked = `Your payment is being checked. ${support}`;
const paused = `Payments to you are paused. ${support}`;
const unable = `You cannot be paid yet. ${settings}`;
const bank = 'Please check or replace your bank details, so that your money can be sent.';

/**
 * What a seller may know about each wait. No text contains an internal reason, an id or the name of
 * a person, and none accuses the seller.
 */
export const waitsForSeller: Record<WaitName, string> = {
  'account-balance': preparing,
  'account-creation': `Your account is being set up. ${nothing}`,
  'account-negative': `Refunds were larger than your earnings. Your next earnings cover the difference first.`,
  'account-outcome-unknown': `Your account is being set up. ${nothing}`,
  'account-read': `Your account is being set up. ${nothing}`,
  'account-refused': `Your account could not be set up. ${support}`,
  'account-rejected': `You cannot be paid here now. ${support}`,
  'account-unreadable': checked,
  'another-payout': `Another payment to you comes first. ${nothing}`,
  arrival: preparing,
  'automatic-payouts': preparing,
  bank: `Your bank has not received the payment yet. ${nothing}`,
  'bank-account': `Your bank account cannot receive payments. ${bank}`,
  'bank-account-shared': `Your bank account was changed. Your money is sent after a check. ${support}`,
  'bank-details': `Your bank account cannot receive payments. ${bank}`,
  'below-minimum':
    'Your earnings are below the amount from which you are paid. They are paid together with later earnings.',
  capability: unable,
  'charge-unknown': checked,
  closed: 'Your account is closed. Please write to support if you have questions.',
  'cooling-period': `Your bank account was changed. For your safety, nothing is sent to it for a while. If you did not change it, please write to support at once.`,
  hold: `Some or all of your money is on hold for a check. ${support}`,
  late: `Your payment takes longer than usual at the bank. ${support}`,
  'late-return': 'Your bank has received the payment.',
  'look-at-stripe': checked,
  'manual-payouts': `Your account is being set up. ${nothing}`,
  'manual-payouts-refused': `You cannot be paid yet. ${support}`,
  'money-stopped': `Payments are stopped for a short time. ${safe} ${nothing}`,
  'no-route': noRouteForSeller,
  'no-payout': `Your money is ready. ${nothing}`,
  'not-yet-available': `Your earnings are not ready to be paid yet. ${nothing}`,
  'nothing-earned': 'You have no earnings yet.',
  onboarding: unable,
  'outcome-look-up': checked,
  'outcome-unknown': checked,
  overdue: checked,
  payday: `Your money is paid on your next payday. ${nothing}`,
  paused,
  'platform-balance': preparing,
  'refused-by-stripe': `Your payment could not be sent. ${support}`,
  'money-after-close': `Money came to your account after you stopped selling here. ${support}`,
  'account-overdue': `Your account cannot be set up at the moment. ${nothing}`,
  'returned-after-close': `Your bank returned a payment. ${support}`,
  'seller-not-active': unable,
  'seller-overdue': checked,
  'seller-paused': paused,
  start: preparing,
  'stripe-answer': preparing,
  'stripe-key': preparing,
  'stripe-limit': preparing,
  threshold: `Your money is paid when your earnings reach the agreed amount. ${nothing}`,
  'too-small': 'The rest is too small to be sent. It is paid together with later earnings.',
  'unexpected-state': checked,
  'unordered-money': checked,
  'unread-account': checked,
  'waits-too-long': checked,
};

/** What a seller may know about money that something else stops, by what comes afterwards. */
export const stoppedForSeller = {
  /** The engine pays without an order. */
  paid: 'Your money is sent as soon as nothing else stops it.',
  /** A payday that has not come yet pays. */
  payday: 'Your money is sent after a payday has come and nothing else stops it.',
  /** Nobody has ordered a payout. */
  unordered: 'Your money can be part of a payment to you once nothing else stops it.',
};

/** What a seller may know about a payout that ended without moving money. */
export const skipsForSeller: Record<SkipReason, string> = {
  'account-negative': waitsForSeller['account-negative'],
  'account-short': `Your payment is sent with another one. ${nothing}`,
  'below-minimum': waitsForSeller['below-minimum'],
  'more-than-payable': `The payment was larger than your earnings, so it was not sent. ${safe}`,
  'nothing-payable': 'There was nothing to pay.',
  'no-route': waitsForSeller['no-route'],
  'on-hold': waitsForSeller.hold,
};

/** What a seller may know about a payday that pays nothing. */
export function notPaidForSeller(reason: SkipReason | WaitReason): string {
  if (reason === 'nothing-payable') return 'As of now, there is nothing to pay.';
  return { ...waitsForSeller, ...skipsForSeller }[reason];
}
