import { type BankReadiness, isCooling } from '../accounts/bank.ts';
import type { DiscrepancyId } from '../ids.ts';
import { type Funds, planReservation, type Reservation } from '../funds.ts';
import type { SellerStatus } from '../sellers.ts';
import { type WaitReason, waitNames } from '../waits.ts';

/** The facts that can stop a payout before it reserves money, regardless of the payable amount. */
export type Readiness = BankReadiness & {
  isPaused: boolean;
  status: SellerStatus;
  /** True if another payout of the same seller and currency has no answer from Stripe yet. */
  isBusy: boolean;
  /**
   * The first open discrepancy about money that came to the seller in this currency without an
   * order. Null if there is none.
   */
  unordered: DiscrepancyId | null;
  /** True if Stripe refuses a read of the seller's account, so its state is not known. */
  isUnread: boolean;
};

/** Why a payout reserves nothing yet. Each reason can pass, or somebody can remove it. */
export type StopReason = NonNullable<ReturnType<typeof stopBefore>>;

/**
 * Decides what stops a payout at this instant, with what its funds would let it do. Null if nothing
 * does. The reservation uses this rule, and so do all previews, forecasts and explanations. A seller
 * without a route is not asked for a bank account.
 */
export function stopBefore(readiness: Readiness, plan: Pick<Reservation, 'kind'>, at: string) {
  return (
    stopOfSeller(readiness) ??
    stopOfBooks(readiness) ??
    (readiness.isBusy ? waitNames.anotherPayout : null) ??
    (plan.kind === waitNames.noRoute ? waitNames.noRoute : null) ??
    stopOfBank(readiness, at)
  );
}

/**
 * What stops all payouts of the seller. While this lasts, no payday is opened either. Null if
 * nothing does.
 */
export function stopOfSeller({ isPaused, status }: Pick<Readiness, 'isPaused' | 'status'>) {
  if (isPaused) return waitNames.sellerPaused;
  return status === 'active' ? null : waitNames.sellerNotActive;
}

/**
 * What stops payouts while money that moved without an order may have paid what they would pay, or
 * while nobody can see whether it did. Null if nothing does.
 */
export function stopOfBooks({ unordered, isUnread }: Pick<Readiness, 'unordered' | 'isUnread'>) {
  if (isUnread) return waitNames.unreadAccount;
  return unordered === null ? null : waitNames.unorderedMoney;
}

/** What stops payouts to the bank account of the currency. Null if nothing does. */
export function stopOfBank(bank: BankReadiness, at: string) {
  if (bank.isBankPaused || bank.isConverted || bank.lacksBank) return waitNames.bankDetails;
  return isCooling(bank, at) ? waitNames.coolingPeriod : null;
}

/** What a requested payout does: reserve money, wait, or end. */
export type ReservationDecision =
  | Extract<Reservation, { kind: 'reserve' | 'skip' }>
  /** When the reason ends. Null if that is not known. */
  | { kind: 'wait'; reason: StopReason | typeof waitNames.hold; until: string | null };

/** Decides what a requested payout does at this moment. */
export function decideReservation(
  readiness: Readiness,
  funds: Funds,
  at: string,
): ReservationDecision {
  const plan = planReservation(funds);
  const reason = stopBefore(readiness, plan, at);
  if (reason !== null) {
    return {
      kind: 'wait',
      reason,
      until: reason === waitNames.coolingPeriod ? readiness.coolsUntil : null,
    };
  }
  switch (plan.kind) {
    case 'wait':
      return { kind: 'wait', reason: waitNames.hold, until: plan.until };
    case waitNames.noRoute:
      return { kind: 'wait', reason: waitNames.noRoute, until: null };
    default:
      return plan;
  }
}

/** Minutes after which a waiting payout checks again, if the end of the reason is not known. */
export function minutesToWait(reason: WaitReason): number {
  const hourly: WaitReason[] = [
    waitNames.anotherPayout,
    waitNames.unorderedMoney,
    waitNames.unreadAccount,
  ];
  return hourly.includes(reason) ? 60 : 24 * 60;
}
