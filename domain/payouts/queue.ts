import type { PayoutId } from '../ids.ts';
import type { Currency } from '../money.ts';
import { isInFlight, type PayoutStatus } from './states.ts';

/** What decides a payout's turn among the payouts of its seller. */
export type Queued = {
  id: PayoutId;
  currency: Currency;
  status: PayoutStatus;
  createdAt: string;
  /** When its workflow started; null for a payout that is only ordered. */
  startedAt: string | null;
};

/** True for a payout that is ordered and not started; such payouts start in the order of creation. */
export function waitsToStart({ status, startedAt }: Pick<Queued, 'status' | 'startedAt'>): boolean {
  return status === 'requested' && startedAt === null;
}

/** True for a payout beside which no other of its seller and currency starts. */
export function blocksStart({ status, startedAt }: Pick<Queued, 'status' | 'startedAt'>): boolean {
  return isInFlight(status) || (status === 'requested' && startedAt !== null);
}

/**
 * The payout that goes before this one, among all payouts of their seller. The database repeats
 * this rule in db/payouts/queue.ts, and a test compares the two.
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

/** Payouts that were created in one transaction go in the order of their ids. */
function isOlder(one: Queued, other: Queued): boolean {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt;
  return one.id < other.id;
}
