import type { PayoutId } from '../ids.ts';
import {
  asksOutcome,
  type DiscrepancyRecord,
  keepsEarningWaiting,
  type Outcome,
} from './discrepancies.ts';

/** The facts about a seller and currency that decide which money somebody else can have paid. */
export type OwedFacts = {
  /** The payout whose money is reserved now. Null if there is none. */
  inFlight: PayoutId | null;
  /** The unreserved money that the platform owes. */
  atPlatform: number;
  /** The earnings that no payout contains, except what is held because no charge covers it. */
  unpaid: number;
  /** True if a person must first adopt or dismiss an object that Stripe made. */
  isToAdopt: boolean;
};

/** Money that somebody else moved for what is owed to a seller. */
export type MovedByOthers = {
  /** What left the platform's balance: it came to the account, or was paid outside Stripe. */
  fromPlatform: number;
  /** What the seller received: it left the account, or was paid outside Stripe. */
  received: number;
};

/** Why money that somebody else moved cannot count as paid. */
export type OwedRefusal = 'adopt-first' | 'payout-in-flight' | 'more-than-owed' | 'nothing-owed';

/**
 * Decides whether money that somebody else moved can count as paid: null, or why not. The closing
 * of a discrepancy and the end of a payout as paid elsewhere both ask this. A payout in flight may
 * contain the same money, and so may an object at Stripe that a person must still adopt. Money of
 * the platform must have earnings, because other earnings would have no money left. Earnings that
 * are not payable yet count, because somebody paid them early. Holds on the seller do not matter:
 * they say what may not be paid, not what was paid, and they continue to hold other money.
 */
export function whyNotOwed(
  { fromPlatform, received }: MovedByOthers,
  { inFlight, atPlatform, unpaid, isToAdopt }: OwedFacts,
): OwedRefusal | null {
  if (isToAdopt) return 'adopt-first';
  if (inFlight !== null) return 'payout-in-flight';
  if (received > 0 && unpaid <= 0) return 'nothing-owed';
  // Other money may have come to the account, so what left it may exceed the earnings.
  const isMore = fromPlatform > atPlatform || (fromPlatform > 0 && received > unpaid);
  return isMore ? 'more-than-owed' : null;
}

/** What closing a discrepancy does to the money, or why the discrepancy cannot be closed so. */
export type ClosingPlan =
  | { kind: 'close' }
  /** The transfer was for what the platform owes. Its money is at the account. */
  | { kind: 'count-transfer'; amount: number }
  /** The payout paid what is owed. Its money has left the account. */
  | { kind: 'count-payout'; amount: number }
  | { kind: 'refuse'; why: ClosingRefusal };

/** Why a discrepancy cannot be closed with an outcome, or without one. */
export type ClosingRefusal =
  OwedRefusal | 'outcome-needed' | 'no-outcome' | 'no-seller' | 'came-back' | 'earning-waits';

/**
 * Decides what closing a discrepancy does. Money that moved without an order and was for what is
 * owed counts as paid, as far as `whyNotOwed` allows. `moved` is what still is where it moved to:
 * above 0 at the account, below 0 away from it. Null if the account's books do not show it.
 */
export function planClosing(
  discrepancy: DiscrepancyRecord,
  outcome: Outcome | null,
  moved: number | null,
  facts: OwedFacts,
): ClosingPlan {
  if (keepsEarningWaiting(discrepancy)) return refuse('earning-waits');
  if (!asksOutcome(discrepancy)) return outcome === null ? { kind: 'close' } : refuse('no-outcome');
  if (outcome === null) return refuse('outcome-needed');
  if (facts.isToAdopt) return refuse('adopt-first');
  if (outcome === 'not-owed') return { kind: 'close' };
  if (discrepancy.sellerId === null || moved === null) return refuse('no-seller');
  if (moved === 0) return refuse('came-back');
  const byOthers = { fromPlatform: Math.max(0, moved), received: Math.max(0, -moved) };
  const why = whyNotOwed(byOthers, facts);
  if (why !== null) return refuse(why);
  return moved > 0
    ? { kind: 'count-transfer', amount: moved }
    : { kind: 'count-payout', amount: -moved };
}

function refuse(why: ClosingRefusal): ClosingPlan {
  return { kind: 'refuse', why };
}
