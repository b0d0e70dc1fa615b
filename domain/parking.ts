import type { ParkReason } from './payouts/states.ts';

/** True for what goes on when it is told to; what is unknown has to be looked up at Stripe first. */
export function mayRetry(parked: string | null): boolean {
  return (
    parked !== null && !['outcome-unknown', 'account-outcome-unknown', 'late'].includes(parked)
  );
}

/** True for a payout that stopped with its money where the ledger has it, so that it can be freed. */
export function mayCancelParked(parked: ParkReason | 'late'): boolean {
  return parked === 'refused-by-stripe';
}
