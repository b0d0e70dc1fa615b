import { type Hold, type HoldSource, isOf, neededBeside } from '../holds.ts';
import type { PayoutId } from '../ids.ts';
import type { Currency } from '../money.ts';
import { payoutCommand } from '../parking/commands.ts';
import { mayBeDone, type MoneyStep, type TriedAttempt } from '../stripe.ts';
import { type WaitReason, waitNames } from '../waits.ts';
import { minutesToWait } from './reservation.ts';
import type { Payout } from './states.ts';

/** The facts that can stop a step before it is sent. */
export type SendingFacts = Pick<
  Payout,
  | 'now'
  | 'bankPaused'
  | 'lacksBank'
  | 'isConverted'
  | 'whyNoRoute'
  | 'coolsUntil'
  | 'lacksCapability'
  | 'payoutsAreManual'
  | 'unordered'
>;

/** What a payout waits for before a step is sent, and for how many minutes at most. */
export type SendingStop = { reason: WaitReason; minutes: number };

/**
 * Decides what stops a step that was never sent. Null if the engine may send the step. Nothing is
 * sent while money that moved without an order may have paid the same. A transfer is not sent to an
 * account that Stripe does not let the platform’s money reach. Nothing is sent if the
 * bank account is paused or there is none, because no later step could pay the money. A payout is
 * not sent to a bank account that has a cooling period; the money waits at the account. A transfer
 * is not sent in a currency that the account cannot hold, because Stripe would convert it. Nor is a
 * transfer sent to an account that lacks a capability, because the payout could not follow. Nothing
 * is sent while Stripe pays the account out automatically, because Stripe could take the money
 * first.
 */
export function stopBeforeSending(payout: SendingFacts, step: MoneyStep): SendingStop | null {
  if (payout.unordered) {
    const reason = waitNames.unorderedMoney;
    return { reason, minutes: minutesToWait(reason) };
  }
  if (step === 'transfer' && payout.whyNoRoute) {
    return { reason: waitNames.noRoute, minutes: minutesToWait(waitNames.noRoute) };
  }
  const { bankPaused, lacksBank, isConverted } = payout;
  if (bankPaused || lacksBank || (step === 'transfer' && isConverted)) {
    const reason = waitNames.bankDetails;
    return { reason, minutes: minutesToWait(reason) };
  }
  if (step === 'transfer' && payout.lacksCapability) {
    return { reason: waitNames.capability, minutes: minutesToWait(waitNames.capability) };
  }
  const coolsUntil = step === 'payout' ? (payout.coolsUntil ?? null) : null;
  if (coolsUntil !== null) {
    const minutes = (Date.parse(coolsUntil) - Date.parse(payout.now)) / 60_000;
    return { reason: waitNames.coolingPeriod, minutes };
  }
  return payout.payoutsAreManual ? null : { reason: 'automatic-payouts', minutes: 60 };
}

/**
 * True if a step continues although `stopBeforeSending` would stop it: Stripe may have carried out
 * its request, and only Stripe's answer shows whether it did. A request whose every answer was
 * certainly no counts as not sent.
 */
export function mayHaveBeenDone(attempt: TriedAttempt | undefined): boolean {
  return attempt !== undefined && (attempt.state !== 'started' || mayBeDone(attempt));
}

/**
 * What a person or the engine did to keep a payout's money from leaving, in the order in which it
 * counts.
 * - `canceled`: a cancellation was ordered.
 * - `paused`, `bank-paused`: the seller, or the bank account of the currency, is paused.
 * - `held`: a hold covers all money of the currency.
 * - `partly-held`: the holds cover more than what is left beside the payout, and a person placed
 * one
 *   of them. The engine's own holds are about other money than what a payout has reserved.
 */
export type Brake = 'canceled' | 'paused' | 'bank-paused' | 'held' | 'partly-held';

/** A payout that a brake does not stop, or may not stop. The amount is in minor units. */
export type NotStopped = {
  payoutId: PayoutId;
  why: 'at-stripe' | 'may-be-sent';
  amount: number;
  currency: Currency;
};

/** Says what becomes of a payout that a brake does not stop, and how to take its money back. */
export function explainNotStopped({ payoutId, why }: NotStopped) {
  return why === 'at-stripe'
    ? {
        explanation: 'Stripe has the payout. Its money goes to the bank unless Stripe cancels it',
        commands: [payoutCommand(payoutId, 'cancel', 'Stripe should be asked to cancel it')],
      }
    : {
        explanation:
          'A request was sent, and its outcome is not known yet. If Stripe carries it out, the money moves. The request is not repeated, and nothing further is sent',
        commands: [
          payoutCommand(payoutId, 'cancel', 'What Stripe carries out should be taken back'),
        ],
      };
}

/** The facts that decide whether a brake keeps a payout with reserved money from being sent. */
export type BrakeFacts = {
  isCancelOrdered: boolean;
  isSellerPaused: boolean;
  isBankPaused: boolean;
  /** The active holds. */
  holds: readonly (Hold & { source: HoldSource })[];
  /** The payable money that no payout has reserved, including what is held. */
  free: number;
  currency: Currency;
};

/**
 * Decides what keeps a payout whose money is reserved from being sent. Null if nothing does. Every
 * try checks this, also the tries of an attempt that was sent before. `brakeOn` in
 * db/stripe/brakes.ts repeats this rule, and a test compares the two.
 */
export function brakeOf(facts: BrakeFacts): Brake | null {
  if (facts.isCancelOrdered) return 'canceled';
  if (facts.isSellerPaused) return 'paused';
  if (facts.isBankPaused) return 'bank-paused';
  const { holds, free, currency } = facts;
  const needed = neededBeside(holds, { amount: 0, currency });
  if (needed === null) return 'held';
  const isOfPerson = holds.some((hold) => isOf(hold, currency) && hold.source !== 'system');
  return isOfPerson && needed > free ? 'partly-held' : null;
}

/** A brake that ends by itself or when a person releases it. */
export type LastingBrake = Exclude<Brake, 'canceled' | 'partly-held'>;

/** What a payout waits for while it is braked. A hold ends at the latest when it expires. */
export function waitOfBrake(
  brake: LastingBrake,
  { now, holdEndsAt }: { now: string; holdEndsAt: string | null },
): SendingStop {
  const reason = waitsOfBrakes[brake];
  const longest = minutesToWait(reason);
  if (reason !== waitNames.hold || holdEndsAt === null) return { reason, minutes: longest };
  const minutes = Math.ceil((Date.parse(holdEndsAt) - Date.parse(now)) / 60_000);
  return { reason, minutes: Math.min(longest, Math.max(0, minutes)) };
}

const waitsOfBrakes = {
  paused: waitNames.sellerPaused,
  'bank-paused': waitNames.bankDetails,
  held: waitNames.hold,
} as const;
