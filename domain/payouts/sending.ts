import type { MoneyStep } from '../stripe.ts';
import { type WaitReason, waitNames } from '../waits.ts';
import { minutesToWait } from './reservation.ts';
import type { Payout } from './states.ts';

/** What a payout waits for before a step is sent, and for how many minutes at most. */
export type SendingStop = { reason: WaitReason; minutes: number };

/**
 * Decides what stops a step that was never sent. Null if the engine may send the step. A payout is
 * not sent to a bank account that is paused, no longer exists or has a cooling period. A transfer
 * is not sent in a currency that the account cannot hold, because Stripe would convert it. Nothing
 * is sent while Stripe pays the account out automatically, because Stripe could take the money
 * first.
 */
export function stopBeforeSending(payout: Payout, step: MoneyStep): SendingStop | null {
  const lacksBank = step === 'payout' ? payout.bankPaused || payout.lacksBank : payout.isConverted;
  if (lacksBank) {
    const reason = waitNames.bankDetails;
    return { reason, minutes: minutesToWait(reason) };
  }
  const coolsUntil = step === 'payout' ? (payout.coolsUntil ?? null) : null;
  if (coolsUntil !== null) {
    const minutes = (Date.parse(coolsUntil) - Date.parse(payout.now)) / 60_000;
    return { reason: waitNames.coolingPeriod, minutes };
  }
  return payout.payoutsAreManual ? null : { reason: 'automatic-payouts', minutes: 60 };
}

/**
 * True if a step continues although `stopBeforeSending` would stop it: its request was sent before,
 * so Stripe may have acted on it, and only Stripe's answer shows whether it did.
 */
export function wasSentBefore(attempt: { firstSentAt: string | null } | undefined): boolean {
  return attempt !== undefined && attempt.firstSentAt !== null;
}
