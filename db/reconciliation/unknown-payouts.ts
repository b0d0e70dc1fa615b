import type { HoldId, SellerId } from '../../domain/ids.ts';
import { causes } from '../../domain/reconciliation/discrepancies.ts';
import type { Booking } from '../../domain/reconciliation/movements.ts';
import type { MadeAtStripe } from '../../domain/stripe.ts';
import type { Tx } from '../connect.ts';
import { placeHold, releaseHold } from '../holds.ts';
import { noteUnknownMade } from '../recovery/comparison.ts';
import { findDiscrepancyOver, wakeWaiting } from './discrepancies.ts';
import type { OpenLine } from './lines.ts';

type Taken = readonly { movement: OpenLine; booking: Booking }[];

/**
 * Reacts to lines of Stripe's books that name payouts missing from this database: the database may
 * be an old backup, and the engine could pay the same money again. Stops all money until the
 * payouts are adopted or dismissed. In addition, holds all of the seller's money in this currency
 * until the ledger explains the lines, or until a person releases the hold.
 */
export async function alarmOver(tx: Tx, sellerId: SellerId, taken: Taken): Promise<void> {
  const unknown = taken.filter(({ booking }) => booking.kind === 'unknown-payout');
  const fresh = unknown.filter(({ movement }) => movement.standing === 'open');
  const understood = taken.filter(
    ({ movement, booking }) =>
      movement.standing === 'unknown-payout' && booking.kind !== 'unknown-payout',
  );
  for (const currency of new Set(fresh.map(({ movement }) => movement.currency))) {
    if (await findHold(tx, sellerId, currency)) continue;
    const about = await findAbout(tx, sellerId, fresh, currency);
    const why = { source: 'system', reasonCode: 'unknown-payout', reason } as const;
    const all = { ...why, currency, amount: null, expiresAt: null };
    await placeHold(tx, { sellerId, about, ...all }, 'engine');
  }
  if (fresh.length > 0) await noteUnknownMade(tx, await toMade(tx, sellerId, fresh));
  for (const currency of new Set(understood.map(({ movement }) => movement.currency))) {
    if (unknown.some(({ movement }) => movement.currency === currency)) continue;
    const holdId = await findHold(tx, sellerId, currency);
    const why = { reason: 'All of these payouts are explained now', by: 'engine' };
    if (holdId) await releaseHold(tx, { holdId, ...why });
  }
  if (understood.length > 0) await wakeWaiting(tx, sellerId);
}

const reason = causes['payout-unknown'].what;

/**
 * Finds the discrepancy that the hold refers to, which is about the first line. One hold covers all
 * unknown payouts of a currency.
 */
async function findAbout(tx: Tx, sellerId: SellerId, fresh: Taken, currency: string) {
  const line = fresh.find(({ movement }) => movement.currency === currency)?.movement;
  if (!line) return null;
  const { id: movementId, object, net } = line;
  const atStripe = { movementId, object, net, currency };
  const of = { cause: 'payout-unknown', object: object ?? movementId } as const;
  return findDiscrepancyOver(tx, { ...of, sellerId, atStripe });
}

/**
 * Converts the lines to objects that a person can adopt. A line of returned money needs no
 * adoption.
 */
async function toMade(tx: Tx, sellerId: SellerId, fresh: Taken): Promise<MadeAtStripe[]> {
  const { account } = await tx
    .selectFrom('sellers')
    .select('stripe_account as account')
    .where('id', '=', sellerId)
    .executeTakeFirstOrThrow();
  return fresh.flatMap(({ movement }) => {
    const { object, payoutId, transfer, net, currency, createdAt } = movement;
    const step = transfer === null ? 'payout' : 'transfer';
    if (!account || object === null || payoutId === null) return [];
    if (step === 'payout' && movement.type !== 'payout') return [];
    const made = { stripeId: object, step, payoutId, stripeAccount: account } as const;
    return [{ ...made, amount: Math.abs(net), currency, createdAt }];
  });
}

/** The hold of everything. A hold of an amount is about money that a person said is not owed. */
async function findHold(tx: Tx, sellerId: SellerId, currency: string): Promise<HoldId | undefined> {
  const row = await tx
    .selectFrom('holds')
    .innerJoin('discrepancies', 'discrepancies.id', 'holds.about')
    .select('holds.id')
    .where('holds.seller_id', '=', sellerId)
    .where('discrepancies.cause', '=', 'payout-unknown')
    .where('holds.currency', '=', currency)
    .where('holds.amount', 'is', null)
    .where('holds.released_at', 'is', null)
    .executeTakeFirst();
  return row?.id;
}
