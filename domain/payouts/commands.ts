import { waitNames } from '../waits.ts';
import { releaseEntries } from '../ledger.ts';
import type { PayoutId } from '../ids.ts';
import { type CancelAnswer, inFlightStatuses, type Payout, payoutStatuses } from './states.ts';
import {
  begin,
  beginAsRead,
  moneyOf,
  noDoubt,
  now,
  type Transition,
  wakesOf,
} from './transition-type.ts';

/**
 * The payout is canceled before Stripe has it: each part of its money becomes payable again where
 * it is.
 */
export function canceled(payout: Payout, by: string, unsentKey: string | undefined): Transition {
  return {
    ...begin(payout, payout.status),
    ...noDoubt,
    status: 'canceled',
    wait: null,
    facts: { ...ordered(by), overAt: now },
    entries: releaseEntries(moneyOf(payout), payout.status === 'transferred'),
    // A worker that still uses this attempt learns of the cancellation from the check before the
    // POST.
    ...(unsentKey !== undefined && { attempt: { key: unsentKey, state: 'refused' } }),
    releasesEarnings: true,
    wakes: wakesOf(payout),
  };
}

/** Stripe has the payout and must be asked to cancel it, even if the payout was parked. */
export function cancelOrdered(payout: Payout, by: string): Transition {
  return {
    ...begin(payout, 'sent'),
    parked: null,
    facts: { ...ordered(by), cancelAnswer: null },
    wakes: wakesOf(payout),
  };
}

/**
 * Stripe did not cancel, or its answer is unknown: the payout continues and is read from Stripe
 * immediately.
 */
export function cancelAnswered(payout: Payout, answer: CancelAnswer): Transition {
  return {
    ...beginAsRead(payout),
    wait: { reason: waitNames.atBank, until: now },
    facts: { cancelAnswer: answer },
  };
}

/** A person found the money at Stripe: the engine looks at the object that the person named. */
export function confirmedSent(payout: { payoutId: PayoutId }, stripeId: string): Transition {
  return {
    ...begin(payout, ...inFlightStatuses),
    parked: null,
    named: stripeId,
    wait: { reason: waitNames.lookUp, until: now },
    wakes: wakesOf(payout),
  };
}

/**
 * A person is certain that nothing moved under this key: the payout continues with the next
 * attempt.
 */
export function confirmedNotSent(payout: { payoutId: PayoutId }, key: string): Transition {
  return {
    ...begin(payout, ...inFlightStatuses),
    ...noDoubt,
    wait: null,
    attempt: { key, state: 'refused' },
    wakes: wakesOf(payout),
  };
}

/**
 * A person lets a parked payout continue. Nothing moved under the last key, so the payout uses a
 * new one.
 */
export function retried(payout: { payoutId: PayoutId }): Transition {
  return { ...begin(payout, ...payoutStatuses), parked: null, wait: null, wakes: wakesOf(payout) };
}

function ordered(by: string) {
  return { cancelOrderedBy: by, cancelOrderedAt: now } as const;
}
