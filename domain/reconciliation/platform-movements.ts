import type { PayoutId } from '../ids.ts';
import type { Booking, Claim, Movement, Standing } from './movements.ts';

/** What we know, as far as these lines of the platform's balance go. */
export type KnownToPlatform = {
  /** What entries say left or reached the platform and no line confirms yet, by the object. */
  claims: ReadonlyMap<string, readonly Claim[]>;
  /** The payouts of ours among those that lines name. */
  payouts: ReadonlySet<PayoutId>;
  /** How far the transfers behind reversals are understood, by `tr_`. */
  transfers: ReadonlyMap<string, Standing>;
};

/** Decides on the platform's lines in their order; what one of them settles, the next ones know. */
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
 * Decides what a line of the platform's is: what an entry says already, a transfer of ours of which
 * the account's side is not booked yet, or the platform's own business: charges, fees, top-ups, its
 * own payouts, and transfers that the engine has no part in. Nothing is booked from this side.
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
