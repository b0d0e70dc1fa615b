import type { WakeTopic } from '../wake-ups.ts';

/** Whom an event of Stripe's wakes: found by the account, or by the Stripe payout it is about. */
export type WakeRule =
  | { wakes: 'seller'; by: 'account'; about: WakeTopic }
  | { wakes: 'payout'; by: 'stripe-payout' }
  /** The seller of the account, where the Stripe payout is none of ours or its watch is over. */
  | { wakes: 'seller-unless-ours'; about: 'money' }
  /** The seller of the account, where its books were not read for some minutes. */
  | { wakes: 'seller-if-stale'; about: 'money' }
  | { wakes: 'waiting-payouts'; for: 'platform-balance' | 'account-balance' }
  | { wakes: 'nobody' };

/** What an event is about, as far as waking goes. Never a body. */
export type StripeEvent = {
  eventId: string;
  type: string;
  /** The connected account it happened at; null for the platform. */
  account: string | null;
  objectId: string | null;
  /** It tells that a payout is expected at its bank on another day. */
  arrivalMoved?: boolean;
};

const seller = { wakes: 'seller', by: 'account', about: 'account' } as const;
const payout = { wakes: 'payout', by: 'stripe-payout' } as const;

/** One row for each event that wakes somebody; every other event is only stored. */
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

/** What the platform's own lists are swept for: what nobody wakes for need not be read. */
export const sweptTypes = {
  v1: ['balance.available'],
  v2: [
    'v2.core.account.closed',
    'v2.core.account.updated',
    'v2.core.account[requirements].updated',
    'v2.core.account[configuration.recipient].capability_status_updated',
  ],
};

/** What Stripe is asked to send, by the account it happens at; v2 events are about accounts. */
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

/** Looks the event up in the table. `balance.available` tells the platform from an account. */
export function whomToWake(
  event: Pick<StripeEvent, 'type' | 'account' | 'arrivalMoved'>,
): WakeRule {
  if (event.type === 'balance.available') {
    return {
      wakes: 'waiting-payouts',
      for: event.account === null ? 'platform-balance' : 'account-balance',
    };
  }
  // A charge made at the account itself: its money needs no transfer.
  if (event.type === 'charge.succeeded' && event.account !== null) {
    return { wakes: 'seller-if-stale', about: 'money' };
  }
  // Every payout is updated on its way; only another day of its arrival is news.
  if (event.type === 'payout.updated') return event.arrivalMoved ? payout : { wakes: 'nobody' };
  return rules.find(([pattern]) => pattern.test(event.type))?.[1] ?? { wakes: 'nobody' };
}
