import type { PayoutId, SellerId } from '../ids.ts';
import type { EntryKind, Place } from '../ledger.ts';
import { type Currency, minor, type MinorUnits } from '../money.ts';
import type { Cause } from './discrepancies.ts';

/** One line of an account's books at Stripe, `txn_`. No personal data. */
export type Movement = {
  id: string;
  type: string;
  /** The change of the account's balance, after fees. */
  net: number;
  currency: Currency;
  createdAt: string;
  availableOn: string;
  /** The object that caused the line: `po_`, `py_`, `ch_`, `re_`. */
  source: string | null;
  /**
   * The name under which a ledger entry refers to the line: the transfer of an arrival, the
   * reversal of a transfer, or the source.
   */
  object: string | null;
  /** The transfer that brought the money, if the source is its arrival at the account. */
  transfer: string | null;
  /** True if that transfer passes on a customer's charge. */
  isOfCharge: boolean;
  /** The charge or arrival that a refund gives back. */
  charge: string | null;
  /** The id of our payout, if the Stripe payout or the transfer carries one. */
  payoutId: PayoutId | null;
};

/**
 * A movement at the account that a ledger entry records and no line of Stripe's books confirms yet.
 */
export type Claim = {
  entryId: number;
  sellerId: SellerId;
  net: number;
  currency: Currency;
  /** The place on the other side of the entry. */
  beyond: Place;
};

/** A payout that a line names. */
export type NamedPayout = {
  /** False if the payout belongs to another seller: then somebody copied the name. */
  isOfAccount: boolean;
  currency: Currency;
  transferId: string | null;
  stripePayoutId: string | null;
  /** True while the payout's transfer (or its Stripe payout) may still become known. */
  mayTransfer: boolean;
  mayPayOut: boolean;
};

/** How the money that a refund takes back had come to the account. */
export type ArrivedAs = 'from-platform' | 'income' | 'foreign' | 'open';

/** What the database knows about these movements. */
export type Known = {
  /** By the name that the entries use: the line's own id, or its object. */
  claims: ReadonlyMap<string, readonly Claim[]>;
  payouts: ReadonlyMap<PayoutId, NamedPayout>;
  /** The Stripe payouts, `po_`, that belong to payouts of ours. */
  stripePayouts: ReadonlySet<string>;
  /** By the arrival, `py_`. */
  arrivals: ReadonlyMap<string, ArrivedAs>;
  /** The amounts that left as foreign under a source and have not come back. */
  foreign: ReadonlyMap<string, number>;
};

/** A ledger entry that a movement requires. */
export type NewEntry = { kind: EntryKind; from: Place; to: Place; amount: MinorUnits };

/** How the ledger treats a movement. */
export type Booking =
  /** An entry already records it. */
  | { kind: 'claimed'; claim: Claim }
  /** Nothing moved. */
  | { kind: 'own' }
  /**
   * The movement is ours and its entry is not written yet: the line is checked again in each pass.
   */
  | { kind: 'open' }
  /**
   * The movement names a payout of ours that is not in the database, which may be older than
   * Stripe.
   */
  | { kind: 'unknown-payout'; payoutId: PayoutId }
  /** `isHeld`: it is not known yet whether the seller may have the money. */
  | { kind: 'booked'; entry: NewEntry; cause: Cause | null; isHeld: boolean };

const payoutTypes = /^payout(_cancel|_failure)?$/;
const incomeTypes = /^(charge|payment)$/;
/** Movements that reduce income, or give a reduction back. */
const costTypes =
  /^(refund|refund_failure|payment_refund|payment_reversal|payment_failure_refund|application_fee|application_fee_refund|stripe_fee|stripe_fx_fee|tax_fee)$/;

/** Decides about movements in their order. The decision about one line is known to the next. */
export function bookingsOf<Line extends Movement>(
  movements: readonly Line[],
  known: Known,
): { movement: Line; booking: Booking }[] {
  const arrivals = new Map(known.arrivals);
  const foreign = new Map(known.foreign);
  const claims = new Map(known.claims);
  return movements.map((movement) => {
    const booking = bookingOf(movement, { ...known, claims, arrivals, foreign });
    const { source } = movement;
    if (booking.kind === 'claimed') takeClaim(claims, movement, booking.claim);
    if (source !== null && isArrival(movement)) arrivals.set(source, arrivedAs(booking));
    if (source !== null && booking.kind === 'booked' && booking.entry.kind === 'foreign') {
      foreign.set(source, (foreign.get(source) ?? 0) - movement.net);
    }
    return { movement, booking };
  });
}

/**
 * Decides what a movement is: already recorded by an entry, income that came directly to the
 * account, a reduction of income, or a movement caused by somebody else.
 */
export function bookingOf(movement: Movement, known: Known): Booking {
  const { type, net } = movement;
  if (net === 0) return { kind: 'own' };
  const claim = claimFor(movement, known);
  if (claim) return { kind: 'claimed', claim };
  if (isArrival(movement)) return bookArrival(movement, known);
  if (payoutTypes.test(type)) {
    return net < 0 ? bookPayout(movement, known) : bookBack(movement, known);
  }
  if (costTypes.test(type) && movement.charge !== null) return bookGivenBack(movement, known);
  if (incomeTypes.test(type) && net > 0) return booked('earning', movement, 'owed');
  if (incomeTypes.test(type) || costTypes.test(type)) return booked('refund', movement, 'owed');
  return bookForeign(movement, known, 'moved-without-us');
}

/** True if the line and the entry have the same amount and currency. */
export function agrees(
  line: Pick<Movement, 'net' | 'currency'>,
  claim: Pick<Claim, 'net' | 'currency'>,
): boolean {
  return line.net === claim.net && line.currency === claim.currency;
}

/** The entry of the line itself, or of its object in the same direction. */
function claimFor({ id, object, net }: Movement, { claims }: Known): Claim | undefined {
  const own = claims.get(id)?.[0];
  if (own) return own;
  return claims.get(object ?? '')?.find((claim) => claim.net < 0 === net < 0);
}

function takeClaim(
  claims: Map<string, readonly Claim[]>,
  { id, object }: Movement,
  taken: Claim,
): void {
  for (const name of [id, object ?? '']) {
    const left = claims.get(name)?.filter((claim) => claim !== taken);
    if (left) claims.set(name, left);
  }
}

function isArrival({ type, net, transfer }: Movement): boolean {
  return incomeTypes.test(type) && net > 0 && transfer !== null;
}

function arrivedAs(booking: Booking): ArrivedAs {
  const beyond = booking.kind === 'claimed' ? booking.claim.beyond : undefined;
  const from = beyond ?? (booking.kind === 'booked' ? booking.entry.from : undefined);
  if (from === 'platform' || from === 'platform-reserved') return 'from-platform';
  if (from === 'owed') return 'income';
  return from === undefined ? 'open' : 'foreign';
}

/** Money from the platform is never income, unless it passes on a customer's charge. */
function bookArrival(movement: Movement, known: Known): Booking {
  const named = findNamed(movement, known);
  if (named === 'unknown') return unknownPayout(movement);
  if (named) {
    if (named.mayTransfer || named.transferId === movement.transfer) return { kind: 'open' };
    // This was the platform's part of what this seller is owed; it is at the account now.
    return named.currency === movement.currency
      ? booked('foreign', movement, 'platform', { cause: 'transfer-unexpected' })
      : booked('foreign', movement, 'foreign', { cause: 'transfer-unexpected', isHeld: true });
  }
  if (movement.isOfCharge) return booked('earning', movement, 'owed');
  return bookForeign(movement, known, 'transfer-not-ordered');
}

function bookPayout(movement: Movement, known: Known): Booking {
  const named = findNamed(movement, known);
  if (named === 'unknown') return unknownPayout(movement);
  if (known.stripePayouts.has(movement.source ?? '')) return { kind: 'open' };
  if (!named) return bookForeign(movement, known, 'payout-not-ordered');
  if (named.mayPayOut) return { kind: 'open' };
  return bookForeign(movement, known, 'payout-unexpected');
}

/**
 * A payout that comes back. If the payout is ours, its workflow books the return. Any other return is
 * money that somebody else had paid out, or a debit from the bank.
 */
function bookBack(movement: Movement, known: Known): Booking {
  if (known.stripePayouts.has(movement.source ?? '')) return { kind: 'open' };
  if (findNamed(movement, known) === 'unknown') return unknownPayout(movement);
  return bookForeign(
    movement,
    known,
    movement.type === 'payout' ? 'payout-reversed' : 'moved-without-us',
  );
}

/** A refund takes the money back the way it came. */
function bookGivenBack(movement: Movement, known: Known): Booking {
  const { charge, object, source } = movement;
  const isReversal = object !== source;
  const arrived = known.arrivals.get(charge ?? '') ?? (isReversal ? 'open' : 'income');
  switch (arrived) {
    case 'open':
      return { kind: 'open' };
    case 'from-platform':
      return booked('reversal', movement, 'platform', {
        cause: 'reversal-not-ordered',
        isHeld: movement.net < 0,
      });
    case 'foreign':
      return bookForeign(movement, known, null);
    case 'income':
      return booked('refund', movement, 'owed');
  }
}

/** Unexpected incoming money is held, unless it only comes back. */
function bookForeign(movement: Movement, known: Known, cause: Cause | null): Booking {
  const { net, source } = movement;
  const comesBack = net > 0 && (known.foreign.get(source ?? '') ?? 0) >= net;
  if (comesBack) return booked('foreign', movement, 'foreign');
  return booked('foreign', movement, 'foreign', { cause, isHeld: net > 0 });
}

function booked(
  kind: EntryKind,
  { net }: Movement,
  beyond: Place,
  more: { cause?: Cause | null; isHeld?: boolean } = {},
): Booking {
  const amount = minor(Math.abs(net));
  const entry: NewEntry =
    net > 0
      ? { kind, from: beyond, to: 'account', amount }
      : { kind, from: 'account', to: beyond, amount };
  return { kind: 'booked', entry, cause: more.cause ?? null, isHeld: more.isHeld ?? false };
}

function findNamed(
  { payoutId }: Movement,
  { payouts }: Known,
): NamedPayout | 'unknown' | undefined {
  if (payoutId === null) return undefined;
  const named = payouts.get(payoutId);
  if (!named) return 'unknown';
  return named.isOfAccount ? named : undefined;
}

function unknownPayout({ payoutId }: Movement): Booking {
  return payoutId === null ? { kind: 'open' } : { kind: 'unknown-payout', payoutId };
}

/**
 * How far a line of Stripe's books is explained.
 * - `open`: ours, and no entry records it yet; checked again in each pass.
 * - `claimed`: an entry records it.
 * - `own`: nothing moved, or the line is the platform's own business.
 * - `unknown-payout`: it names a payout that is not in the database.
 */
export type Standing = 'open' | 'claimed' | 'own' | 'unknown-payout';
