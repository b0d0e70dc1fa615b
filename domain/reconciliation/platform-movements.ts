import type { PayoutId } from '../ids.ts';
import type { Claim } from './known.ts';
import type { Booking, Movement, Standing } from './movements.ts';

/** The facts in the database about these lines of the platform's balance. */
export type KnownToPlatform = {
  /**
   * By object: the movements from or to the platform that entries record and no line confirms yet.
   */
  claims: ReadonlyMap<string, readonly Claim[]>;
  /** The payouts that the lines name and the database knows. */
  payouts: ReadonlySet<PayoutId>;
  /** The objects of which a person said that no payout of ours explains them. */
  disowned: ReadonlySet<string>;
  /** Whether the ledger explains the transfers that were reversed, by `tr_`. */
  transfers: ReadonlyMap<string, Standing>;
};

/**
 * Decides about the platform's lines in their order. Each decision takes the earlier ones into
 * account.
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
 * Decides what explains a line of the platform's balance: an entry, a transfer of the engine whose
 * arrival is not booked yet, or the platform's own business (charges, fees, top-ups, its own
 * payouts, and transfers outside the engine). The platform's lines are only checked; they never
 * create ledger entries.
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
  if (payoutId === null || known.disowned.has(transfer)) return { kind: 'own' };
  return known.payouts.has(payoutId) ? { kind: 'open' } : { kind: 'unknown-payout', payoutId };
}
