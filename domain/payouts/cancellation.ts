import { mayBeDone, type MoneyStep } from '../stripe.ts';
import type { StripeAccountId } from '../ids.ts';
import { isAtAccount, type Payout } from './states.ts';

/** What the cancellation of a payout requires, depending on where the money is. */
export type CancelPlan =
  /** Stripe does not have the payout: it ends, and its money becomes payable where it is. */
  | { kind: 'end'; transferDone: boolean }
  /** Stripe has the payout: only Stripe knows whether it is too late to cancel. */
  | { kind: 'ask-stripe' }
  /**
   * Stripe may have made something for the payout: nothing more is sent, and the engine looks at
   * Stripe first. The order stands until then. `open-request`: the answer to a request is missing.
   * `look-first`: only a person's word says that a request made nothing, or something in the
   * payout's name is unexplained.
   */
  | { kind: 'look-up'; step: MoneyStep; why: 'open-request' | 'look-first' }
  /** The payout is already canceled, or Stripe was already asked to cancel it. */
  | { kind: 'nothing-to-do' }
  | { kind: 'refuse'; why: CancelRefusal };

/** Why a payout cannot be canceled now. */
export type CancelRefusal = 'too-late';

/** The attempt of the payout's current step, unless Stripe refused it. */
export type StepAttempt = {
  state: 'started' | 'succeeded' | 'unknown';
  tries: number;
  deniedTries: number;
};

/**
 * The step whose attempt shows whether money may be moving now. Undefined if no attempt can be
 * open.
 */
export function stepToLookAt({ status }: Pick<Payout, 'status'>): MoneyStep | undefined {
  if (status === 'reserved') return 'transfer';
  return status === 'transferred' ? 'payout' : undefined;
}

/**
 * Decides what a cancel command requires. An attempt that may have been carried out may be moving
 * the money now, so the money must not become payable again before a look-up has shown the outcome.
 * An attempt that was never sent, or whose every answer was certainly no, will not be sent after
 * the cancellation. If only a person's word says that an earlier attempt made nothing, the caller
 * must have looked at Stripe: the next payout would pay the money a second time.
 */
export function planCancel(
  payout: Pick<Payout, 'status' | 'cancelAsked'> & { isCancelUnknown: boolean; needsLook: boolean },
  attempt: StepAttempt | undefined,
): CancelPlan {
  switch (payout.status) {
    case 'requested':
      return { kind: 'end', transferDone: false };
    case 'reserved':
    case 'transferred':
      if (attempt && mayBeDone(attempt)) return lookUp(payout.status, 'open-request');
      if (payout.needsLook) return lookUp(payout.status, 'look-first');
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
    case 'paid-elsewhere':
      return { kind: 'refuse', why: 'too-late' };
  }
}

function lookUp(
  status: 'reserved' | 'transferred',
  why: Extract<CancelPlan, { kind: 'look-up' }>['why'],
): CancelPlan {
  return { kind: 'look-up', step: status === 'reserved' ? 'transfer' : 'payout', why };
}

/** What a look at Stripe shows about the account of a payout. */
export type AccountSight = {
  /** True if Stripe says that the account has left the platform. */
  hasLeft: boolean;
  /** True if the platform's key reads the payout's transfer, and nothing of it was reversed. */
  isTransferred: boolean;
  /** The account that Stripe was asked about. Null if the seller has none. */
  account: StripeAccountId | null;
};

/** The money of a payout whose account has left the platform. */
export type LeftMoney = {
  /** The seller's payable money at the account, in the payout's currency, that no payout has. */
  atAccount: number;
};

/** Why a payout cannot end because its account has left the platform. */
export type LeaveRefusal = 'outcome-open' | 'not-at-account' | 'not-left' | 'not-transferred';

/**
 * Decides whether a payout ends because its account has left the platform. Nobody can look at such
 * an account and nothing can be sent from it, so no further attempt is ever right. Whether or not
 * Stripe made the payout, only the seller has the money. An attempt that may still be sent must end
 * first. A payout that has not reserved anything takes the money at the account, and none at the
 * platform.
 */
export function planLeave(
  { status, requestedAmount }: Pick<Payout, 'status' | 'requestedAmount'>,
  attempt: StepAttempt | undefined,
  sight: AccountSight,
  { atAccount }: LeftMoney,
): 'end' | LeaveRefusal {
  if (status === 'requested') {
    if (atAccount <= 0 || atAccount < (requestedAmount ?? 0)) return 'not-at-account';
  } else if (!isAtAccount(status)) return 'not-at-account';
  if (attempt?.state === 'started' && mayBeDone(attempt)) return 'outcome-open';
  if (!sight.hasLeft) return 'not-left';
  return sight.isTransferred ? 'end' : 'not-transferred';
}

/**
 * True if somebody outside the engine stopped a payout that came back: Stripe says that it was
 * canceled, the bank that it was stopped there, or Stripe's books that somebody debited it back,
 * and nobody ordered this here. An order that Stripe refused does not explain a later cancellation.
 */
export function isStoppedByOthers(
  why: { status: 'failed' | 'canceled'; failureCode: string | null; debit?: string },
  isOrdered: boolean,
): boolean {
  if (why.debit !== undefined) return true;
  return !isOrdered && (why.status === 'canceled' || stopCodes.test(why.failureCode ?? ''));
}

/**
 * Failure codes that say that a person stopped the payment at the bank. None of the codes that
 * Stripe lists says so (see domain/accounts/failures.ts); Stripe may add some.
 */
const stopCodes = /cancel|recall|stop_payment|stopped/;
