import type { PayoutId } from '../ids.ts';
import { asksOutcome, type DiscrepancyRecord, type Outcome } from './discrepancies.ts';

/** The facts about a seller and currency that decide how a discrepancy may be closed. */
export type ClosingFacts = {
  /** The payout whose money is reserved now. Null if there is none. */
  inFlight: PayoutId | null;
  /** The unreserved money that the platform owes. */
  atPlatform: number;
  /** True if a person must first adopt or dismiss the object of the discrepancy. */
  isToAdopt: boolean;
};

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
  | 'outcome-needed'
  | 'no-outcome'
  | 'no-seller'
  | 'adopt-first'
  | 'payout-in-flight'
  | 'more-than-owed';

/**
 * Decides what closing a discrepancy does. Money that moved without an order and was for what is
 * owed counts as paid. While a payout has reserved money, this is refused: the payout may contain
 * the same money, so it must first end as paid elsewhere or be canceled.
 */
export function planClosing(
  discrepancy: DiscrepancyRecord,
  outcome: Outcome | null,
  { inFlight, atPlatform, isToAdopt }: ClosingFacts,
): ClosingPlan {
  if (!asksOutcome(discrepancy)) return outcome === null ? { kind: 'close' } : refuse('no-outcome');
  if (outcome === null) return refuse('outcome-needed');
  if (isToAdopt) return refuse('adopt-first');
  if (outcome === 'not-owed') return { kind: 'close' };
  const { sellerId, atStripe } = discrepancy;
  if (sellerId === null || atStripe === null) return refuse('no-seller');
  if (inFlight !== null) return refuse('payout-in-flight');
  if (atStripe < 0) return { kind: 'count-payout', amount: -atStripe };
  return atStripe > atPlatform
    ? refuse('more-than-owed')
    : { kind: 'count-transfer', amount: atStripe };
}

function refuse(why: ClosingRefusal): ClosingPlan {
  return { kind: 'refuse', why };
}
