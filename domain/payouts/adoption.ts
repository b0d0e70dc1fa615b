import { waitNames } from '../waits.ts';
import type { PayoutId, StripeAccountId, StripePayoutId, TransferId } from '../ids.ts';
import * as postings from '../ledger.ts';
import { inFlightStatuses, type PayoutStatus } from './states.ts';
import { begin, noDoubt, now, type Transition } from './transition-type.ts';
/** Money that left in the name of a payout while this database did not know the payout. */
export type MadeElsewhere = {
  money: postings.PayoutMoney;
  stripeAccount: StripeAccountId;
  transferId: TransferId | null;
  /** The payout at Stripe. Null if only the transfer was made. */
  made: { stripePayoutId: StripePayoutId; at: string } | null;
  createdAt: string;
};

/**
 * Takes over money that left without this database's knowledge. A payout at Stripe is on its way to
 * the bank and is followed. The money of a transfer alone is at the account, for the seller's next
 * payout.
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
 * Stripe also made a payout for which money is reserved here: the engine looks up what exists at
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
