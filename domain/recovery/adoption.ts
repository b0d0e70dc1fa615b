import type { PayoutId, StripeAccountId, StripePayoutId, TransferId } from '../ids.ts';
import * as postings from '../ledger.ts';
import { type CancelAnswer, inFlightStatuses, type PayoutStatus } from '../payouts/states.ts';
import { begin, noDoubt, now, type Transition } from '../payouts/transition-type.ts';
import { waitNames } from '../waits.ts';

/** Money that Stripe moved for a payout while this database did not know the payout. */
export type MadeElsewhere = {
  money: postings.PayoutMoney;
  stripeAccount: StripeAccountId;
  transferId: TransferId | null;
  /** The payout at Stripe. Null if Stripe made only the transfer. */
  made: { stripePayoutId: StripePayoutId; at: string } | null;
  createdAt: string;
};

/**
 * Restores a payout that this database did not know. If Stripe has the payout, the payout is `sent`
 * and the engine follows it. If Stripe made only the transfer, the payout is `canceled`, and its
 * money is at the account for the seller's next payout.
 */
export function adopted(found: MadeElsewhere): Transition {
  const { money, stripeAccount, transferId, made, createdAt } = found;
  const place = made ? 'account-reserved' : 'account';
  const entries = postings.adoptedEntries(money, place, transferId);
  return {
    ...begin(money, 'requested', 'skipped', 'canceled'),
    ...noDoubt,
    status: made ? 'sent' : 'canceled',
    wait: made ? { reason: waitNames.atBank, until: now } : null,
    facts: {
      fromPlatform: money.fromPlatform,
      fromAccount: money.fromAccount,
      stripeAccount,
      transferId,
      stripePayoutId: made?.stripePayoutId ?? null,
      skipReason: null,
      adoptedAt: now,
      startedAt: now,
      reservedAt: createdAt,
      ...(made ? { sentAt: made.at, overAt: null } : { overAt: now }),
    },
    entries: made ? [...entries, ...postings.sentEntries(money, made.stripePayoutId)] : entries,
  };
}

/**
 * Stripe made a transfer or payout for a payout in flight: the engine looks up what exists at
 * Stripe.
 */
export function adoptedInFlight(payoutId: PayoutId, status: PayoutStatus): Transition {
  return {
    ...begin({ payoutId }, ...inFlightStatuses),
    parked: null,
    unknown: { step: status === 'reserved' ? 'transfer' : 'payout', lookUps: 0 },
    wait: { reason: waitNames.lookUp, until: now },
    facts: { adoptedAt: now },
  };
}

/**
 * True if no money is reserved for a payout that Stripe made: the payout was lost, has not begun,
 * or ended with its money where it was.
 */
export function reservesNothing(
  known: { status: PayoutStatus; stripePayoutId: StripePayoutId | null } | undefined,
): boolean {
  if (!known) return true;
  const { status, stripePayoutId } = known;
  const isEnded = status === 'skipped' || status === 'canceled';
  return status === 'requested' || (isEnded && stripePayoutId === null);
}

/**
 * What became of an order to cancel an adopted payout: Stripe made the payout before this database
 * knew, and was not asked to cancel it. Null if nobody ordered to cancel the payout.
 */
export function cancelAnswerOfAdopted(cancelOrderedAt: string | null): CancelAnswer | null {
  return cancelOrderedAt === null ? null : 'not-asked';
}
