import { waitNames } from '../waits.ts';
import type { WakeTopic } from '../wake-ups.ts';

type BalanceWait = typeof waitNames.platformBalance | typeof waitNames.accountBalance;

/**
 * Which workflow a Stripe event wakes: found by the account, or by the Stripe payout that the event
 * is about.
 */
export type WakeRule =
  | { wakes: 'seller'; by: 'account'; about: WakeTopic }
  | { wakes: 'payout'; by: 'stripe-payout' }
  /** The account's seller, if the Stripe payout is not ours or its watch is over. */
  | { wakes: 'seller-unless-ours'; about: 'money' }
  /** The account's seller, if the account's books were not read within `incomeReadMinutes`. */
  | { wakes: 'seller-if-stale'; about: 'money' }
  | { wakes: 'waiting-payouts'; for: BalanceWait }
  | { wakes: 'nobody' };

/** What an event is about, as far as wake-ups need it. Never the event's body. */
export type StripeEvent = {
  eventId: string;
  type: string;
  /** The connected account of the event. Null for the platform. */
  account: string | null;
  objectId: string | null;
  /** True if the event reports a new expected arrival date of a payout. */
  arrivalMoved?: boolean;
};

/**
 * After this many minutes, a charge at an account wakes its seller to read the account's books: a
 * shop with many charges must not cause a read for each of them.
 */
export const incomeReadMinutes = 5;

const seller = { wakes: 'seller', by: 'account', about: 'account' } as const;
const payout = { wakes: 'payout', by: 'stripe-payout' } as const;

/** One row for each event that wakes a workflow. Every other event is only stored. */
const rules: readonly (readonly [pattern: RegExp, rule: WakeRule])[] = [
  [/^payout\.(paid|failed|canceled)$/, payout],
  [/^payout\.created$/, { wakes: 'seller-unless-ours', about: 'money' }],
  [/^account\.updated$/, seller],
  [/^capability\.updated$/, seller],
  [/^account\.external_account\.(created|updated|deleted)$/, seller],
  [/^account\.application\.deauthorized$/, seller],
  [/^balance_settings\.updated$/, seller],
  [/^v2\.core\.account\.(closed|updated)$/, seller],
  [/^v2\.core\.account\[requirements\]\.updated$/, seller],
  [/^v2\.core\.account\[configuration\.recipient\]\.capability_status_updated$/, seller],
];

/**
 * The event types that the sweep reads from the platform's lists. Events that wake nobody need not
 * be read.
 */
export const sweptTypes = {
  v1: ['balance.available'],
  v2: [
    'v2.core.account.closed',
    'v2.core.account.updated',
    'v2.core.account[requirements].updated',
    'v2.core.account[configuration.recipient].capability_status_updated',
  ],
};

/**
 * The event types that Stripe is asked to send, by the account at which they happen. v2 events are
 * about accounts.
 */
export const deliveredTypes = {
  platform: sweptTypes.v1,
  accounts: [
    'payout.paid',
    'payout.failed',
    'payout.canceled',
    'payout.created',
    'payout.updated',
    'account.updated',
    'capability.updated',
    'account.external_account.created',
    'account.external_account.updated',
    'account.external_account.deleted',
    'account.application.deauthorized',
    'balance_settings.updated',
    'balance.available',
    'charge.succeeded',
  ] as const,
  v2: sweptTypes.v2,
};

/**
 * Looks up an event in the table. A `balance.available` event is about the platform or about an
 * account.
 */
export function whomToWake(
  event: Pick<StripeEvent, 'type' | 'account' | 'arrivalMoved'>,
): WakeRule {
  if (event.type === 'balance.available') {
    return {
      wakes: 'waiting-payouts',
      for: event.account === null ? waitNames.platformBalance : waitNames.accountBalance,
    };
  }
  // A charge created at the account itself: its money needs no transfer.
  if (event.type === 'charge.succeeded' && event.account !== null) {
    return { wakes: 'seller-if-stale', about: 'money' };
  }
  // Stripe updates every payout on its way; only a new arrival date matters here.
  if (event.type === 'payout.updated') return event.arrivalMoved ? payout : { wakes: 'nobody' };
  return rules.find(([pattern]) => pattern.test(event.type))?.[1] ?? { wakes: 'nobody' };
}
