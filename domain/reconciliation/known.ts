import type { PayoutId, SellerId } from '../ids.ts';
import type { Place } from '../ledger.ts';
import type { Currency } from '../money.ts';
import type { Outcome } from './discrepancies.ts';

/**
 * A movement at the account that a ledger entry records, and that no line of Stripe's books
 * confirms yet.
 */
export type Claim = {
  entryId: number;
  sellerId: SellerId;
  net: number;
  currency: Currency;
  /** The place on the other side of the entry, not at the account. */
  beyond: Place;
};

/** A payout of the engine that a line names. */
export type NamedPayout = {
  /** False if the payout belongs to another seller, because somebody copied its metadata. */
  isOfAccount: boolean;
  currency: Currency;
  transferId: string | null;
  stripePayoutId: string | null;
  /** True while the engine may still learn the payout's transfer (or its Stripe payout). */
  mayTransfer: boolean;
  mayPayOut: boolean;
};

/** How money came to the account before a refund took it back. `open`: not known yet. */
export type ArrivedAs = 'from-platform' | 'income' | 'foreign' | 'open';

/** The facts in the database about these movements. */
export type Known = {
  /** By the name that entries use: the line's own id, or its object. */
  claims: ReadonlyMap<string, readonly Claim[]>;
  payouts: ReadonlyMap<PayoutId, NamedPayout>;
  /** The Stripe payouts, `po_`, that belong to payouts of ours. True: ours may still come back. */
  stripePayouts: ReadonlyMap<string, boolean>;
  /** By the id of the arrival, `py_`. */
  arrivals: ReadonlyMap<string, ArrivedAs>;
  /** By source: the amounts that left as foreign and have not come back. */
  foreign: ReadonlyMap<string, number>;
  /** The sources that count as paid: payouts by somebody else, of what was owed to the seller. */
  counted: ReadonlySet<string>;
  /**
   * By object: what money in the name of an unknown payout was for. A person has said that no
   * payout of ours explains the object.
   */
  disowned: ReadonlyMap<string, Outcome>;
};
