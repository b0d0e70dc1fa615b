import { waitNames } from '../waits.ts';
import { leftEntries, releaseEntries } from '../ledger.ts';
import type { PayoutId } from '../ids.ts';
import type { MoneyStep } from '../stripe.ts';
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
 * The payout ends before Stripe has it, because somebody ordered it: each part of its money becomes
 * payable again at its place. `openKey` is the key of an open attempt that nobody carried out.
 */
export function canceled(payout: Payout, by: string, openKey: string | undefined): Transition {
  return {
    ...begin(payout, payout.status),
    ...noDoubt,
    status: 'canceled',
    wait: null,
    // An order that stood until the outcome was known keeps its time.
    facts: { ...(!payout.cancelAsked && ordered(by)), overAt: now },
    entries: releaseEntries(moneyOf(payout), payout.status === 'transferred'),
    // The check before the POST stops a worker that still uses this attempt.
    ...(openKey !== undefined && {
      attempt: { key: openKey, state: 'refused', refusal: 'called-off' },
    }),
    releasesEarnings: true,
    wakes: wakesOf(payout),
  };
}

/**
 * Somebody cancels a payout for which Stripe may have made something: nothing more is sent. If a
 * request is open, the engine looks its outcome up; a payout that already waits for a person who
 * knows the outcome stays parked. Otherwise the payout's next step looks at Stripe and ends the
 * payout.
 */
export function callOffOrdered(
  payout: Payout,
  by: string,
  { step, why }: { step: MoneyStep; why: 'open-request' | 'look-first' },
): Transition {
  const asked = {
    ...begin(payout, ...inFlightStatuses),
    facts: payout.cancelAsked ? {} : ordered(by),
    wakes: wakesOf(payout),
  };
  if (why === 'look-first') return { ...asked, parked: null, wait: null };
  if (payout.unknownStep !== null) return asked;
  const lookUp = { reason: waitNames.lookUp, until: now };
  return {
    ...asked,
    unknown: { step, lookUps: 0 },
    ...(payout.parked === null && { wait: lookUp }),
  };
}

/**
 * A person cancels a payout that Stripe has: the engine must ask Stripe, even if the payout was
 * parked.
 */
export function cancelOrdered(payout: Payout, by: string): Transition {
  return {
    ...begin(payout, 'sent'),
    parked: null,
    facts: { ...ordered(by), cancelAnswer: null },
    wakes: wakesOf(payout),
  };
}

/**
 * Stripe did not cancel the payout, or gave no usable answer: the payout continues and is read from
 * Stripe immediately.
 */
export function cancelAnswered(payout: Payout, answer: CancelAnswer): Transition {
  return {
    ...beginAsRead(payout),
    wait: { reason: waitNames.atBank, until: now },
    facts: { cancelAnswer: answer },
  };
}

/**
 * A person confirms that Stripe has the transfer or payout: the engine reads the object that the
 * person named.
 */
export function confirmedSent(payout: { payoutId: PayoutId }, stripeId: string): Transition {
  return {
    ...begin(payout, ...inFlightStatuses),
    parked: null,
    named: stripeId,
    wait: { reason: waitNames.lookUp, until: now },
    wakes: wakesOf(payout),
  };
}

/** A person confirms that nothing moved under this key: the payout continues with a new attempt. */
export function confirmedNotSent(payout: { payoutId: PayoutId }, key: string): Transition {
  return {
    ...begin(payout, ...inFlightStatuses),
    ...noDoubt,
    wait: null,
    attempt: { key, state: 'refused', refusal: 'confirmed-not-sent' },
    wakes: wakesOf(payout),
  };
}

/**
 * A person lets a parked payout continue. Nothing moved under the last key, so the payout uses a
 * new key.
 */
export function retried(payout: { payoutId: PayoutId }): Transition {
  return { ...begin(payout, ...payoutStatuses), parked: null, wait: null, wakes: wakesOf(payout) };
}

/** The statuses in which a payout's money can be at an account that has left the platform. */
export type LeftStatus = 'requested' | 'transferred' | 'sent';

/**
 * A person ends a payout whose account has left the platform: its money is with the seller. Its
 * earnings stay allocated to the payout, and an attempt of unknown outcome stays unknown.
 */
export function leftWithSeller(
  payout: Payout & { status: LeftStatus },
  { reason, unsentKey }: { reason: string; unsentKey: string | undefined },
): Transition {
  const { status, stripeAccount, fromAccount } = payout;
  return {
    ...begin(payout, status),
    ...noDoubt,
    status: 'paid-elsewhere',
    wait: null,
    facts: {
      fromAccount,
      stripeAccount,
      paidOutside: `the account ${stripeAccount} has left the platform with the money`,
      paidReason: reason,
      overAt: now,
    },
    entries: leftEntries(moneyOf(payout), status),
    ...(unsentKey !== undefined && {
      attempt: { key: unsentKey, state: 'refused', refusal: 'called-off' },
    }),
    wakes: wakesOf(payout),
  };
}

/** Who orders the cancellation of a payout that contains money which holds now cover. */
export const byHolds = 'holds';

function ordered(by: string) {
  return { cancelOrderedBy: by, cancelOrderedAt: now } as const;
}
