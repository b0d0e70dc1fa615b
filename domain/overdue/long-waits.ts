import { type Actor, type WaitReason, waits } from '../waits.ts';

/**
 * How many days a payout may wait for each reason before a person is told. Every wait either ends
 * before this time or is in the attention list after it. What a person must end is told soon, what
 * only time ends is told when the time is certainly over.
 */
export const longestWaitDays: Record<WaitReason, number> = {
  'seller-not-active': 30,
  'seller-paused': 30,
  hold: 30,
  // The discrepancy is in the attention list at once.
  'unordered-money': 7,
  // The account is in the attention list at once.
  'unread-account': 3,
  'another-payout': 7,
  'platform-balance': 3,
  'account-balance': 3,
  // Stripe makes transferred money available within some days, in new accounts within two weeks.
  arrival: 30,
  capability: 30,
  'bank-details': 30,
  // The longest cooling period is 30 days.
  'cooling-period': 35,
  'automatic-payouts': 1,
  'stripe-limit': 2,
  // An outage of some hours needs nobody.
  'stripe-answer': 0.25,
  // Only an operator can change the key, and every payout waits.
  'stripe-key': 1 / 24,
  'money-stopped': 7,
  // The last look-up is 71 minutes after the first.
  'outcome-look-up': 1,
  'look-at-stripe': 2,
  // Longer than `lateDays`, after which the payout is listed as late.
  bank: 30,
  // Longer than the longest watch that the settings allow.
  'late-return': 400,
};

/** How many minutes a seller may wait for the account before a person is told. */
export const longestCreationMinutes = 60;

/** How many days an ordered payout may wait for its start. */
export const longestStartDays = 30;

/** Minutes after its deadline until a workflow that was woken in vain is told to a person. */
export const overdueMinutes = 15;

/**
 * Who must act after a wait took too long. What the engine or Stripe does by itself needs an
 * operator then.
 */
export function actorAfter(waitingFor: string | null): Actor {
  const wait = Object.entries(waits).find(([reason]) => reason === waitingFor)?.[1];
  const byItself = ['engine', 'stripe'];
  return wait === undefined || byItself.includes(wait.actor) ? 'operator' : wait.actor;
}
