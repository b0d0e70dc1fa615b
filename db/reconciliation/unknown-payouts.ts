import type { HoldId, SellerId } from '../../domain/ids.ts';
import { causes } from '../../domain/reconciliation/discrepancies.ts';
import type { Booking } from '../../domain/reconciliation/movements.ts';
import type { Tx } from '../connect.ts';
import { placeHold, releaseHold } from '../holds.ts';
import { type MadeAtStripe, noteUnknownMade } from '../recovery/comparison.ts';
import { findDiscrepancyOver } from './discrepancies.ts';
import type { OpenLine } from './lines.ts';

type Taken = readonly { movement: OpenLine; booking: Booking }[];

/**
 * Reacts to lines that name payouts missing from the database: the database may be older than
 * Stripe, and a paid payout may be paid again. Money stops until the payouts are adopted or
 * dismissed. In addition, all of the seller's money in this currency is held until the lines are
 * explained, or until a person releases the hold.
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
    const all = { source: 'system', reason, currency, amount: null, expiresAt: null } as const;
    await placeHold(tx, { sellerId, about, ...all }, 'engine');
  }
  if (fresh.length > 0) await noteUnknownMade(tx, await toMade(tx, sellerId, fresh));
  for (const currency of new Set(understood.map(({ movement }) => movement.currency))) {
    if (unknown.some(({ movement }) => movement.currency === currency)) continue;
    const holdId = await findHold(tx, sellerId, currency);
    const why = { reason: 'All of it is in the database now', by: 'engine' };
    if (holdId) await releaseHold(tx, { holdId, ...why });
  }
}

const reason = causes['payout-unknown'].what;

/** One hold covers all unknown payouts of a currency. It refers to the discrepancy of the first. */
async function findAbout(tx: Tx, sellerId: SellerId, fresh: Taken, currency: string) {
  const line = fresh.find(({ movement }) => movement.currency === currency)?.movement;
  if (!line) return null;
  const { id: movementId, object, net } = line;
  const atStripe = { movementId, object, net, currency };
  const of = { cause: 'payout-unknown', object: object ?? movementId } as const;
  return findDiscrepancyOver(tx, { ...of, sellerId, atStripe });
}

/** A line of money that came back needs no adoption. */
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

async function findHold(tx: Tx, sellerId: SellerId, currency: string): Promise<HoldId | undefined> {
  const row = await tx
    .selectFrom('holds')
    .innerJoin('discrepancies', 'discrepancies.id', 'holds.about')
    .select('holds.id')
    .where('holds.seller_id', '=', sellerId)
    .where('discrepancies.cause', '=', 'payout-unknown')
    .where('holds.currency', '=', currency)
    .where('holds.released_at', 'is', null)
    .executeTakeFirst();
  return row?.id;
}
