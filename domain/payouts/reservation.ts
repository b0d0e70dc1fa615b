import { type BankReadiness, isCooling } from '../accounts/bank.ts';
import { type Funds, planReservation, type Reservation } from '../funds.ts';
import type { SellerStatus } from '../sellers.ts';
import { type WaitReason, waitNames } from '../waits.ts';

/** What a payout finds before any money is set aside for it, whatever is payable. */
export type Readiness = BankReadiness & {
  isPaused: boolean;
  status: SellerStatus;
  /** Another payout of the same seller and currency has no answer from Stripe yet. */
  isBusy: boolean;
};

/** Why a payout sets nothing aside: each of these is lifted by somebody else, or by time. */
export type StopReason = NonNullable<ReturnType<typeof stopBefore>>;

/**
 * Decides what stops a payout at this moment, before its funds are looked at; null lets it go on.
 * The reservation acts on this answer, and every preview, forecast and explanation repeats it.
 */
export function stopBefore(readiness: Readiness, at: string) {
  return (
    stopOfSeller(readiness) ??
    (readiness.isBusy ? waitNames.anotherPayout : null) ??
    stopOfBank(readiness, at)
  );
}

/** What stops all payouts of the seller. Meanwhile, its paydays are not opened either. */
export function stopOfSeller({ isPaused, status }: Pick<Readiness, 'isPaused' | 'status'>) {
  if (isPaused) return waitNames.sellerPaused;
  return status === 'active' ? null : waitNames.sellerNotActive;
}

/** What stops payouts to the bank account of the currency. */
export function stopOfBank(bank: BankReadiness, at: string) {
  if (bank.isBankPaused || bank.isConverted) return waitNames.bankDetails;
  return isCooling(bank, at) ? waitNames.coolingPeriod : null;
}

/** What becomes of a requested payout: its money is set aside, or it waits, or it is over. */
export type ReservationDecision =
  | Exclude<Reservation, { kind: 'wait' }>
  /** `until` is null when nobody knows when the reason passes. */
  | { kind: 'wait'; reason: StopReason | typeof waitNames.hold; until: string | null };

/** Decides what a requested payout does at this moment. */
export function decideReservation(
  readiness: Readiness,
  funds: Funds,
  at: string,
): ReservationDecision {
  const reason = stopBefore(readiness, at);
  if (reason !== null) {
    return {
      kind: 'wait',
      reason,
      until: reason === waitNames.coolingPeriod ? readiness.coolsUntil : null,
    };
  }
  const plan = planReservation(funds);
  return plan.kind === 'wait' ? { kind: 'wait', reason: waitNames.hold, until: plan.until } : plan;
}

/** How long a payout waits at most before it looks again, where no moment is known. */
export function minutesToWait(reason: WaitReason): number {
  return reason === waitNames.anotherPayout ? 60 : 24 * 60;
}
