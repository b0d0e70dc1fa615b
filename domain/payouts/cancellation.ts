import type { MoneyStep } from '../stripe.ts';
import type { Payout } from './states.ts';

/** What canceling a payout requires, depending on where its money is. */
export type CancelPlan =
  /** Nothing is reserved, or the reserved money becomes payable again where it is. */
  | { kind: 'end'; transferDone: boolean }
  /** Stripe has the payout: only Stripe can tell whether it is too late. */
  | { kind: 'ask-stripe' }
  /** The payout is canceled already, or Stripe is being asked. */
  | { kind: 'nothing-to-do' }
  | { kind: 'refuse'; why: CancelRefusal };

/** Why a payout cannot be canceled now. */
export type CancelRefusal = 'outcome-open' | 'too-late';

/** The attempt of the payout's current step, unless Stripe refused it. */
export type StepAttempt = { state: 'started' | 'succeeded' | 'unknown'; wasSent: boolean };

/** The step whose attempt decides whether a payout's money may be moving at this moment. */
export function stepToLookAt({ status }: Pick<Payout, 'status'>): MoneyStep | undefined {
  if (status === 'reserved') return 'transfer';
  return status === 'transferred' ? 'payout' : undefined;
}

/**
 * Decides what an order to cancel requires. An attempt that was sent may be moving the money at
 * this moment, so its money must not become payable again. An attempt that was never sent will not
 * be sent after the cancellation.
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
      if (payout.cancelAsked || payout.isCancelUnknown) return { kind: 'nothing-to-do' };
      return { kind: 'ask-stripe' };
    case 'canceled':
      return { kind: 'nothing-to-do' };
    case 'paid':
    case 'settled':
    case 'failed':
    case 'returned':
    case 'skipped':
      return { kind: 'refuse', why: 'too-late' };
  }
}
