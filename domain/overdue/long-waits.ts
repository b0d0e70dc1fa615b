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
  // The seller is in the attention list at once.
  'no-route': 7,
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

const dayMs = 24 * 3_600_000;

/**
 * True if a payout waits longer than it should for this reason, or, without a reason, for its
 * start. `isWaitingTooLong` in db/attention/waiting-for-people.ts repeats this rule.
 */
export function isWaitTooLong(
  { reason, since }: { reason: WaitReason | null; since: string },
  now: string,
): boolean {
  const days = reason === null ? longestStartDays : longestWaitDays[reason];
  return Date.parse(now) - Date.parse(since) > days * dayMs;
}

/** How long a payout may wait for this reason, in words. */
export function sayLongestWait(reason: WaitReason): string {
  const days = longestWaitDays[reason];
  if (days >= 1) return days === 1 ? '1 day' : `${days} days`;
  const hours = Math.round(days * 24);
  return hours === 1 ? '1 hour' : `${hours} hours`;
}

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
