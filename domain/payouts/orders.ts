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
} from './transition.ts';

/** The payout is called off before Stripe has it: each part of its money is freed where it is. */
export function canceled(payout: Payout, by: string, unsentKey: string | undefined): Transition {
  return {
    ...begin(payout, payout.status),
    ...noDoubt,
    status: 'canceled',
    wait: null,
    facts: { ...ordered(by), overAt: now },
    entries: releaseEntries(moneyOf(payout), payout.status === 'transferred'),
    // Whoever still holds the attempt learns this from the last check before the POST.
    ...(unsentKey !== undefined && { attempt: { key: unsentKey, state: 'refused' } }),
    releasesEarnings: true,
    wakes: wakesOf(payout),
  };
}

/** Stripe has the payout and is to be asked to cancel it, even where the payout had stopped. */
export function cancelOrdered(payout: Payout, by: string): Transition {
  return {
    ...begin(payout, 'sent'),
    parked: null,
    facts: { ...ordered(by), cancelAnswer: null },
    wakes: wakesOf(payout),
  };
}

/** Stripe did not cancel, or the answer is unknown: the payout goes on and is read at once. */
export function cancelAnswered(payout: Payout, answer: CancelAnswer): Transition {
  return {
    ...beginAsRead(payout),
    wait: { reason: waitNames.atBank, until: now },
    facts: { cancelAnswer: answer },
  };
}

/** A person found the money at Stripe: the object that they named is to be looked at. */
export function confirmedSent(payout: { payoutId: PayoutId }, stripeId: string): Transition {
  return {
    ...begin(payout, ...inFlightStatuses),
    parked: null,
    named: stripeId,
    wait: { reason: waitNames.lookUp, until: now },
    wakes: wakesOf(payout),
  };
}

/** A person is certain that nothing moved under this key: the payout goes on with another attempt. */
export function confirmedNotSent(payout: { payoutId: PayoutId }, key: string): Transition {
  return {
    ...begin(payout, ...inFlightStatuses),
    ...noDoubt,
    wait: null,
    attempt: { key, state: 'refused' },
    wakes: wakesOf(payout),
  };
}

/** A person has a stopped payout go on: nothing moved under the last key, so a new one is used. */
export function retried(payout: { payoutId: PayoutId }): Transition {
  return { ...begin(payout, ...payoutStatuses), parked: null, wait: null, wakes: wakesOf(payout) };
}

function ordered(by: string) {
  return { cancelOrderedBy: by, cancelOrderedAt: now } as const;
}
