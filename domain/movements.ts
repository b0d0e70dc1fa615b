import type { EntryKind, Place } from './ledger.ts';
import { minor, type Currency, type MinorUnits } from './money.ts';

/** One line of an account's books at Stripe, `txn_`. No personal data. */
export type Movement = {
  id: string;
  type: string;
  /** What the account's balance changes by, fees taken off. */
  net: number;
  currency: Currency;
  createdAt: string;
  availableOn: string;
  /** What caused it: `po_`, `py_`, `ch_`, `re_`. */
  source: string | null;
  /** Our payout's id, where the source is a payout that carries one. */
  payoutId: string | null;
  /** The transfer that brought it, where the source is its arrival. */
  sourceTransfer: string | null;
  /** The charge that is given back, where the source is a refund. */
  charge: string | null;
};

/** What we ordered ourselves, as far as these movements go. */
export type Ordered = {
  stripePayouts: ReadonlySet<string>;
  /** Payouts whose request may be at Stripe though its answer is not here yet. */
  payoutsInDoubt: ReadonlySet<string>;
  transfers: ReadonlySet<string>;
  arrivals: ReadonlySet<string>;
  /** When the first transfer without an answer was sent; null when there is none. */
  transferInDoubtSince: string | null;
};

/** How the ledger takes a movement. `hold` is looked at again before anything after it. */
export type Booking =
  { kind: 'ours' | 'hold' } | { kind: EntryKind; from: Place; to: Place; amount: MinorUnits };

/** Stripe's clock and ours may differ by this much. */
const skewMs = 60_000;
const payoutTypes = /^payout(_cancel|_failure)?$/;
const incomeTypes = /^(charge|payment)$/;
/** What is taken off income again, or given back of it. */
const costTypes =
  /^(refund|refund_failure|payment_refund|payment_reversal|payment_failure_refund|application_fee|application_fee_refund|stripe_fee|stripe_fx_fee|tax_fee)$/;

/**
 * Decides what a movement is: ours, income that came straight to the account, what is taken off
 * income, or somebody else's doing.
 */
export function bookingOf(movement: Movement, ordered: Ordered): Booking {
  const { type, net, source } = movement;
  if (net === 0) return { kind: 'ours' };
  if (payoutTypes.test(type) && isOurPayout(movement, ordered)) return { kind: 'ours' };
  if (incomeTypes.test(type) && net > 0) {
    const { sourceTransfer } = movement;
    const isKnown = source !== null && ordered.arrivals.has(source);
    if (isKnown || (sourceTransfer !== null && ordered.transfers.has(sourceTransfer))) {
      return { kind: 'ours' };
    }
    if (isInDoubt(movement, ordered)) return { kind: 'hold' };
    return { kind: 'earning', from: 'owed', to: 'account', amount: minor(net) };
  }
  const other = incomeTypes.test(type) || costTypes.test(type) ? 'owed' : 'foreign';
  const kind = other === 'owed' ? 'refund' : 'foreign';
  return net > 0
    ? { kind, from: other, to: 'account', amount: minor(net) }
    : { kind, from: 'account', to: other, amount: minor(-net) };
}

function isOurPayout({ source, payoutId }: Movement, ordered: Ordered): boolean {
  if (source !== null && ordered.stripePayouts.has(source)) return true;
  return payoutId !== null && ordered.payoutsInDoubt.has(payoutId);
}

/** It may be the arrival of a transfer whose answer is still on its way. */
function isInDoubt({ createdAt, type }: Movement, { transferInDoubtSince }: Ordered): boolean {
  if (type === 'charge' || transferInDoubtSince === null) return false;
  return Date.parse(createdAt) >= Date.parse(transferInDoubtSince) - skewMs;
}
