import type { MoneyStep } from '../stripe.ts';
import type { Payout } from './states.ts';

/** What calling a payout off comes down to, by where its money is. */
export type CancelPlan =
  /** Nothing is set aside, or what is can be freed where it is now. */
  | { kind: 'end'; transferDone: boolean }
  /** Stripe has it: only Stripe can say whether it is too late. */
  | { kind: 'ask-stripe' }
  /** Nothing to do: it is canceled, or Stripe is being asked. */
  | { kind: 'stands' }
  | { kind: 'refuse'; why: CancelRefusal };

/** Why a payout cannot be called off now. */
export type CancelRefusal = 'outcome-open' | 'too-late';

/** The attempt of the step that a payout is at, unless Stripe refused it. */
export type StepAttempt = { state: 'started' | 'succeeded' | 'unknown'; wasSent: boolean };

/** The step whose attempt decides whether a payout's money may be moving right now. */
export function stepToLookAt({ status }: Pick<Payout, 'status'>): MoneyStep | undefined {
  if (status === 'reserved') return 'transfer';
  return status === 'transferred' ? 'payout' : undefined;
}

/**
 * Decides what becomes of an order to cancel. An attempt that was sent may be moving the money at
 * this moment, so nothing is freed beside it; one that was never sent never will be.
 */
export function planCancel(
  payout: Pick<Payout, 'status' | 'cancelAsked'> & { isCancelUnknown: boolean },
  attempt: StepAttempt | undefined,
): CancelPlan {
  switch (payout.status) {
    case 'requested':
      return { kind: 'end', transferDone: false };
    case 'reserved':
    case 'transferred':
      if (attempt && (attempt.wasSent || attempt.state !== 'started')) {
        return { kind: 'refuse', why: 'outcome-open' };
      }
      return { kind: 'end', transferDone: payout.status === 'transferred' };
    case 'sent':
      if (payout.cancelAsked || payout.isCancelUnknown) return { kind: 'stands' };
      return { kind: 'ask-stripe' };
    case 'canceled':
      return { kind: 'stands' };
    case 'paid':
    case 'settled':
    case 'failed':
    case 'returned':
    case 'skipped':
      return { kind: 'refuse', why: 'too-late' };
  }
}
