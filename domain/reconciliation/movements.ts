import type { PayoutId, SellerId } from '../ids.ts';
import type { EntryKind, Place } from '../ledger.ts';
import { type Currency, minor, type MinorUnits } from '../money.ts';
import type { Cause } from './discrepancies.ts';

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
  /** What an entry calls it: an arrival's transfer, the reversal of what is taken back, or the source. */
  object: string | null;
  /** The transfer that brought it, where the source is its arrival. */
  transfer: string | null;
  /** That transfer passes on what a customer paid. */
  isOfCharge: boolean;
  /** The charge or arrival that is given back, where the source is a refund. */
  charge: string | null;
  /** Our payout's id, where the Stripe payout or the transfer carries one. */
  payoutId: PayoutId | null;
};

/** What an entry says happened at the account, and no line confirms yet. */
export type Claim = {
  entryId: number;
  sellerId: SellerId;
  net: number;
  currency: Currency;
  /** The entry's place on the other side. */
  beyond: Place;
};

/** A payout that a line names. */
export type NamedPayout = {
  /** False where it is another seller's: then the name is a copy. */
  isOfAccount: boolean;
  currency: Currency;
  transferId: string | null;
  stripePayoutId: string | null;
  /** Its transfer, or its payout, may still come to be known. */
  mayTransfer: boolean;
  mayPayOut: boolean;
};

/** How money that a refund takes back once came to the account. */
export type ArrivedAs = 'from-platform' | 'income' | 'foreign' | 'open';

/** What we know, as far as these movements go. */
export type Known = {
  /** By what the entries call it: the line's own id, or its object. */
  claims: ReadonlyMap<string, readonly Claim[]>;
  payouts: ReadonlyMap<PayoutId, NamedPayout>;
  /** Stripe payouts, `po_`, that are payouts of ours. */
  stripePayouts: ReadonlySet<string>;
  /** By the arrival, `py_`. */
  arrivals: ReadonlyMap<string, ArrivedAs>;
  /** What went out as foreign under a source and did not come back. */
  foreign: ReadonlyMap<string, number>;
};

/** An entry to be made of a movement. */
export type NewEntry = { kind: EntryKind; from: Place; to: Place; amount: MinorUnits };

/** How the ledger takes a movement. */
export type Booking =
  /** An entry says so already. */
  | { kind: 'claimed'; claim: Claim }
  /** Nothing moved. */
  | { kind: 'own' }
  /** Ours, but not written down yet: it is looked at again each time. */
  | { kind: 'open' }
  /** In the name of a payout of ours that is not in the database: that may be older than Stripe. */
  | { kind: 'unknown-payout'; payoutId: PayoutId }
  /** `isHeld`: nobody knows yet whether the seller is to have it. */
  | { kind: 'booked'; entry: NewEntry; cause: Cause | null; isHeld: boolean };

const payoutTypes = /^payout(_cancel|_failure)?$/;
const incomeTypes = /^(charge|payment)$/;
/** What is taken off income again, or given back of it. */
const costTypes =
  /^(refund|refund_failure|payment_refund|payment_reversal|payment_failure_refund|application_fee|application_fee_refund|stripe_fee|stripe_fx_fee|tax_fee)$/;

/** Decides on movements in their order; what one of them settles, the next ones know. */
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
 * Decides what a movement is: what an entry says already, income that came straight to the account,
 * what is taken off income, or somebody else's doing.
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

/** True where the line and the entry say the same. */
export function agrees(
  line: Pick<Movement, 'net' | 'currency'>,
  claim: Pick<Claim, 'net' | 'currency'>,
): boolean {
  return line.net === claim.net && line.currency === claim.currency;
}

/** An entry of the line itself, or of its object in the same direction. */
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

/** What the platform sends is never income, unless it passes on what a customer paid. */
function bookArrival(movement: Movement, known: Known): Booking {
  const named = findNamed(movement, known);
  if (named === 'unknown') return unknownPayout(movement);
  if (named) {
    if (named.mayTransfer || named.transferId === movement.transfer) return { kind: 'open' };
    // It was the platform's part of what this seller is owed, and is at the account now.
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

/** One of ours is told by its payout; another one comes back as it went, or was debited back. */
function bookBack(movement: Movement, known: Known): Booking {
  if (known.stripePayouts.has(movement.source ?? '')) return { kind: 'open' };
  if (findNamed(movement, known) === 'unknown') return unknownPayout(movement);
  return bookForeign(
    movement,
    known,
    movement.type === 'payout' ? 'payout-reversed' : 'moved-without-us',
  );
}

/** A refund goes back the way its money came. */
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

/** What came in is held, unless it only comes back. */
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
 * How far a line of Stripe's books is understood.
 * - `open`: ours, and no entry says it yet; looked at again each time.
 * - `claimed`: an entry says it.
 * - `own`: nothing moved, or it is the platform's own business.
 * - `unknown-payout`: in the name of a payout that is not in the database.
 */
export type Standing = 'open' | 'claimed' | 'own' | 'unknown-payout';
