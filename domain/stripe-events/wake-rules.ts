import { waitNames } from '../waits.ts';
import type { WakeTopic } from '../wake-ups.ts';

type BalanceWait = typeof waitNames.platformBalance | typeof waitNames.accountBalance;

/**
 * The workflow that a Stripe event wakes, found by the account or by the Stripe payout of the
 * event.
 */
export type WakeRule =
  | { wakes: 'seller'; by: 'account'; about: WakeTopic }
  | { wakes: 'payout'; by: 'stripe-payout' }
  /**
   * The account's seller, if the Stripe payout is not one of ours and cannot become one of ours:
   * no payout of the seller waits for Stripe's answer. `sellerUnlessOurs` in
   * db/stripe-events/inbox.ts looks this up.
   */
  | { wakes: 'seller-unless-ours'; about: 'money' }
  /** The account's seller, unless the account's books were read within `incomeReadMinutes`. */
  | { wakes: 'seller-if-stale'; about: 'money' }
  | { wakes: 'waiting-payouts'; for: BalanceWait }
  | { wakes: 'nobody' };

/** The ids of an event that wake-ups need. Never contains the event's body. */
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
 * Minutes between two reads of an account's books because of charges at the account, so that a shop
 * with many charges does not cause a read for each.
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
 * The types of events that the sweep reads from the platform's event lists. Other events wake
 * nobody.
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
 * The types of events that Stripe is asked to deliver, by the account where they happen. All v2
 * events are about accounts.
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
 * Finds the workflow that an event wakes. A `balance.available` event is about the platform, or
 * about a connected account.
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
  // The customer paid the account directly, so the money needs no transfer.
  if (event.type === 'charge.succeeded' && event.account !== null) {
    return { wakes: 'seller-if-stale', about: 'money' };
  }
  // Stripe updates each payout several times; only a new arrival date matters here.
  if (event.type === 'payout.updated') return event.arrivalMoved ? payout : { wakes: 'nobody' };
  return rules.find(([pattern]) => pattern.test(event.type))?.[1] ?? { wakes: 'nobody' };
}
