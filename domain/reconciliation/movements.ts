import type { PayoutId } from '../ids.ts';
import type { EntryKind, Place } from '../ledger.ts';
import { type Currency, minor, type MinorUnits } from '../money.ts';
import type { Cause } from './discrepancies.ts';
import type { ArrivedAs, Claim, Known, NamedPayout } from './known.ts';

/** One line of an account's books at Stripe, `txn_`. No personal data. */
export type Movement = {
  id: string;
  type: string;
  /** The change of the account's balance, after fees. */
  net: number;
  currency: Currency;
  createdAt: string;
  availableOn: string;
  /**
   * The object that the line is about: `po_`, `py_`, `ch_`, `re_`. If a payout takes the money of
   * another payout back from the bank (a debit), this is the other payout, and `object` the debit.
   */
  source: string | null;
  /** The id in the ledger: the transfer of an arrival, its reversal, a debit, or else the source. */
  object: string | null;
  /** The transfer that brought the money, if the source is its arrival at the account. */
  transfer: string | null;
  /** True if the transfer passes on a customer's charge. */
  isOfCharge: boolean;
  /** The customer's charge that the transfer passes on. Null in lines that were stored without it. */
  ofCharge: string | null;
  /** The charge or arrival that this refund or reversal takes money from. */
  charge: string | null;
  /** The id of the engine's payout, from the metadata of the Stripe payout or transfer. */
  payoutId: PayoutId | null;
};

/** A ledger entry that a movement requires. */
export type NewEntry = { kind: EntryKind; from: Place; to: Place; amount: MinorUnits };

/** How the ledger records a movement. */
export type Booking =
  /** An entry already records the movement. */
  | { kind: 'claimed'; claim: Claim }
  /** Nothing moved. */
  | { kind: 'own' }
  /**
   * The engine caused the movement, but its entry is not written yet. Each pass checks the line
   * again.
   */
  | { kind: 'open' }
  /**
   * The movement names a payout that is not in the database. The database may be older than Stripe.
   */
  | { kind: 'unknown-payout'; payoutId: PayoutId }
  /** `isHeld` is true if it is not known yet whether the seller may have the money. */
  | { kind: 'booked'; entry: NewEntry; cause: Cause | null; isHeld: boolean };

const payoutTypes = /^payout(_cancel|_failure)?$/;
const incomeTypes = /^(charge|payment)$/;
/** Movements that reduce income, or undo such a reduction. */
const costTypes =
  /^(refund|refund_failure|payment_refund|payment_reversal|payment_failure_refund|application_fee|application_fee_refund|stripe_fee|stripe_fx_fee|tax_fee)$/;

/**
 * Decides how the ledger records movements, in their order. Each decision takes the earlier ones
 * into account.
 */
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
 * Decides how the ledger records one movement: an entry already records it, or it is income that
 * came directly to the account, a reduction of income, or a movement caused by somebody else.
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

/**
 * True if the line brings the money of a payout back and no entry records it yet: the payout or its
 * seller must record the return.
 */
export function isOpenReturn({ type, net }: Pick<Movement, 'type' | 'net'>, { kind }: Booking) {
  return kind === 'open' && net > 0 && type.startsWith('payout');
}

/** True if the line belongs to a debit, which takes the money of a payout back from the bank. */
export function isDebit({ type, source, object }: Movement): boolean {
  return payoutTypes.test(type) && source !== object;
}

/** True if the line and the entry have the same amount and currency. */
export function agrees(
  line: Pick<Movement, 'net' | 'currency'>,
  claim: Pick<Claim, 'net' | 'currency'>,
): boolean {
  return line.net === claim.net && line.currency === claim.currency;
}

/** Finds the entry that records the line itself, or its object in the same direction. */
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
  if (isDisowned(movement, known)) return bookDisowned(movement, known);
  const named = findNamed(movement, known);
  if (named === 'unknown') return unknownPayout(movement);
  if (named) {
    if (named.mayTransfer || named.transferId === movement.transfer) return { kind: 'open' };
    // The platform owed this money to the seller; it is now at the account.
    return named.currency === movement.currency
      ? booked('foreign', movement, 'platform', { cause: 'transfer-unexpected' })
      : bookForeign(movement, known, 'transfer-not-ordered');
  }
  if (movement.isOfCharge) return booked('earning', movement, 'owed');
  return bookForeign(movement, known, 'transfer-not-ordered');
}

function bookPayout(movement: Movement, known: Known): Booking {
  if (isDisowned(movement, known)) return bookDisowned(movement, known);
  const named = findNamed(movement, known);
  if (named === 'unknown') return unknownPayout(movement);
  if (isRecorded(movement, known)) return { kind: 'open' };
  if (!named) return bookForeign(movement, known, 'payout-not-ordered');
  if (named.mayPayOut) return { kind: 'open' };
  return bookForeign(movement, known, 'payout-unexpected');
}

/**
 * Books money that came back from a payout. If the payout is ours, its return is recorded elsewhere.
 * Otherwise somebody else ordered the payout, or Stripe debited the bank account by itself.
 */
function bookBack(movement: Movement, known: Known): Booking {
  if (isRecorded(movement, known)) return { kind: 'open' };
  if (isDisowned(movement, known)) return bookDisowned(movement, known);
  // What left without an order comes back the same way, whatever name it carries.
  const isUnknown = findNamed(movement, known) === 'unknown';
  if (isUnknown && !comesBack(movement, known)) return unknownPayout(movement);
  const cause = movement.type === 'payout' ? 'payout-reversed' : 'moved-without-us';
  return bookForeign(movement, known, cause);
}

/**
 * True if the line is about a payout of ours, and what happened to the payout records the line. A
 * debit is recorded only while its money is at the bank or on its way there.
 */
function isRecorded(movement: Movement, { stripePayouts }: Known): boolean {
  const mayComeBack = stripePayouts.get(movement.source ?? '');
  return mayComeBack !== undefined && (mayComeBack || !isDebit(movement));
}

/** Books a refund or reversal according to how the money came to the account. */
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

/** True if a person said that no payout of ours explains the object of the line. */
function isDisowned({ object }: Movement, { disowned }: Known): boolean {
  return disowned.has(object ?? '');
}

/**
 * Books a line in the name of an unknown payout, after a person said what its money was for. Money
 * that is not owed is held.
 */
function bookDisowned(movement: Movement, known: Known): Booking {
  const booking = bookForeign(movement, known, 'payout-unknown');
  const isOwed = known.disowned.get(movement.object ?? '') === 'owed';
  if (booking.kind !== 'booked' || booking.cause !== 'payout-unknown' || !isOwed) return booking;
  return { ...booking, isHeld: false };
}

/**
 * Books a movement that the engine did not order. Incoming money is held, unless it is foreign
 * money that comes back. It is held all the same if it had counted as paid: the seller is owed it
 * again, and a person decides whether it is paid again.
 */
function bookForeign(movement: Movement, known: Known, cause: Cause | null): Booking {
  if (!comesBack(movement, known)) {
    return booked('foreign', movement, 'foreign', { cause, isHeld: movement.net > 0 });
  }
  const back = { cause: 'payout-reversed', isHeld: true } as const;
  return booked(
    'foreign',
    movement,
    'foreign',
    known.counted.has(movement.source ?? '') ? back : {},
  );
}

/** True if at least this much left under the same source without an order and is not back yet. */
function comesBack({ net, source }: Movement, { foreign }: Known): boolean {
  return net > 0 && (foreign.get(source ?? '') ?? 0) >= net;
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
 * Whether the ledger explains a line of Stripe's books.
 * - `open`: the engine caused it, but no entry records it yet; each pass checks it again.
 * - `claimed`: an entry records it.
 * - `own`: nothing moved, or the line is the platform's own business.
 * - `unknown-payout`: the line names a payout that is not in the database.
 */
export type Standing = 'open' | 'claimed' | 'own' | 'unknown-payout';
