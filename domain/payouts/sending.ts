import type { MoneyStep } from '../stripe.ts';
import { type WaitReason, waitNames } from '../waits.ts';
import { minutesToWait } from './reservation.ts';
import type { Payout } from './states.ts';

/** What a payout waits for before a step is sent, and for how many minutes at most. */
export type SendingStop = { reason: WaitReason; minutes: number };

/**
 * Decides what stops a step that was never sent. Null if the engine may send the step. Nothing is
 * sent while money that moved without an order may have paid the same, and nothing is
 * sent if the bank account is paused or there is none, because no later step could pay the money. A
 * payout is not sent to a bank account that has a cooling period; the money waits at the account. A
 * transfer is not sent in a currency that the account cannot hold, because Stripe would convert it.
 * Nothing is sent while Stripe pays the account out automatically, because Stripe could take the
 * money first.
 */
export function stopBeforeSending(payout: Payout, step: MoneyStep): SendingStop | null {
  if (payout.unordered) {
    const reason = waitNames.unorderedMoney;
    return { reason, minutes: minutesToWait(reason) };
  }
  const { bankPaused, lacksBank, isConverted } = payout;
  if (bankPaused || lacksBank || (step === 'transfer' && isConverted)) {
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
