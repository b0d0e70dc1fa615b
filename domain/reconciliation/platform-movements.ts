import type { PayoutId } from '../ids.ts';
import type { Booking, Claim, Movement, Standing } from './movements.ts';

/** What the database knows about these lines of the platform's balance. */
export type KnownToPlatform = {
  /**
   * The movements from or to the platform that entries record and no line confirms yet, by object.
   */
  claims: ReadonlyMap<string, readonly Claim[]>;
  /** Those payouts of ours that the lines name. */
  payouts: ReadonlySet<PayoutId>;
  /** How far the transfers behind reversals are explained, by `tr_`. */
  transfers: ReadonlyMap<string, Standing>;
};

/**
 * Decides about the platform's lines in their order. The decision about one line is known to the
 * next.
 */
export function platformBookingsOf<Line extends Movement>(
  movements: readonly Line[],
  known: KnownToPlatform,
): { movement: Line; booking: Booking }[] {
  const transfers = new Map(known.transfers);
  return movements.map((movement) => {
    const booking = platformBookingOf(movement, { ...known, transfers });
    const { object, transfer } = movement;
    if (transfer !== null && object === transfer && booking.kind !== 'booked') {
      transfers.set(transfer, booking.kind);
    }
    return { movement, booking };
  });
}

/**
 * Decides what a line of the platform's balance is: already recorded by an entry, a transfer of
 * ours whose arrival is not booked yet, or the platform's own business: charges, fees, top-ups, its
 * own payouts, and transfers outside the engine. Nothing is booked from the platform's side.
 */
export function platformBookingOf(movement: Movement, known: KnownToPlatform): Booking {
  const { object, transfer, payoutId, net } = movement;
  if (net === 0) return { kind: 'own' };
  const claim = known.claims.get(object ?? '')?.find((one) => one.net < 0 === net < 0);
  if (claim) return { kind: 'claimed', claim };
  if (transfer === null) return { kind: 'own' };
  if (object !== transfer) {
    const standing = known.transfers.get(transfer) ?? 'own';
    return { kind: standing === 'own' ? 'own' : 'open' };
  }
  if (payoutId === null) return { kind: 'own' };
  return known.payouts.has(payoutId) ? { kind: 'open' } : { kind: 'unknown-payout', payoutId };
}
