import type { PayoutId } from '../ids.ts';
import type { Currency } from '../money.ts';
import { isInFlight, type PayoutStatus } from './states.ts';

/** The facts that decide which payout of a seller goes first. */
export type Queued = {
  id: PayoutId;
  currency: Currency;
  status: PayoutStatus;
  createdAt: string;
  /** When the payout's workflow started. Null before that. */
  startedAt: string | null;
};

/**
 * True for a payout that is ordered but not started. Such payouts start in the order of their
 * creation.
 */
export function waitsToStart({ status, startedAt }: Pick<Queued, 'status' | 'startedAt'>): boolean {
  return status === 'requested' && startedAt === null;
}

/** True for a payout that prevents all other payouts of its seller and currency from starting. */
export function blocksStart({ status, startedAt }: Pick<Queued, 'status' | 'startedAt'>): boolean {
  return isInFlight(status) || (status === 'requested' && startedAt !== null);
}

/**
 * Finds the payout that must go before this payout, among all payouts of the seller. Undefined if
 * this payout is next. The SQL in db/payouts/queue.ts repeats this rule, and a test compares the
 * two.
 */
export function payoutBefore<Other extends Queued>(
  payout: Queued,
  all: readonly Other[],
): Other | undefined {
  const others = all.filter(({ id, currency }) => {
    return currency === payout.currency && id !== payout.id;
  });
  return (
    others.find(({ status }) => isInFlight(status)) ??
    others.find(blocksStart) ??
    others.filter(waitsToStart).find((other) => isOlder(other, payout))
  );
}

/** Payouts created at the same instant go in the order of their ids. */
function isOlder(one: Queued, other: Queued): boolean {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt;
  return one.id < other.id;
}
