import { waitNames } from '../waits.ts';
import type { PayoutId, StripeAccountId, StripePayoutId, TransferId } from '../ids.ts';
import * as postings from '../ledger.ts';
import { inFlightStatuses, type PayoutStatus } from './states.ts';
import { begin, noDoubt, now, type Transition } from './transition.ts';
/** Money that left under a payout's name while this database did not know of it. */
export type MadeElsewhere = {
  money: postings.PayoutMoney;
  stripeAccount: StripeAccountId;
  transferId: TransferId | null;
  /** The payout at Stripe; null when the transfer alone was made. */
  made: { stripePayoutId: StripePayoutId; at: string } | null;
  createdAt: string;
};

/**
 * Takes over what left unknown to this database. A payout at Stripe is on its way to the bank and is
 * followed; the money of a transfer alone is at the account, for the seller's next payout.
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

/** A payout that money was set aside for was made at Stripe too: what stands there is looked up. */
export function adoptedInFlight(payoutId: PayoutId, status: PayoutStatus): Transition {
  return {
    ...begin({ payoutId }, ...inFlightStatuses),
    parked: null,
    unknown: { step: status === 'reserved' ? 'transfer' : 'payout', lookUps: 0 },
    wait: { reason: waitNames.lookUp, until: now },
    facts: { adoptedAt: now },
  };
}
