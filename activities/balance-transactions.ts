import type { Stripe } from 'stripe';
import { readMovementCursor, recordMovements } from '../db/movements.ts';
import { recordBack } from '../db/payout-steps.ts';
import { readPayout } from '../db/payouts.ts';
import { readSellerForWorkflow } from '../db/seller-steps.ts';
import type { PayoutId, SellerId } from '../domain/ids.ts';
import type { Movement } from '../domain/movements.ts';
import type { Seller } from '../domain/seller.ts';
import { readPages, readStripe, type StripeDeps } from './money-call.ts';
import { actingFor } from './stripe.ts';
import { factsOfReturn } from './stripe-payouts.ts';

/** What happened at an account without us. */
export function createMovementActivities(deps: StripeDeps) {
  return {
    /** Reads the account's books since the last time and books what we did not order. */
    async retrieveMovements({ sellerId }: { sellerId: SellerId }): Promise<Seller> {
      await readMovements(deps, sellerId);
      return readSellerForWorkflow(deps.db, sellerId);
    },
  };
}

/** Seconds read again each time, since Stripe's lists lag behind its writes. */
const overlapSeconds = 900;

/** The same for whoever needs no answer. */
export async function readMovements(deps: StripeDeps, sellerId: SellerId): Promise<void> {
  const { stripe, db } = deps;
  const { account, until } = await readMovementCursor(db, sellerId);
  if (!account) return;
  const acting = actingFor(account);
  const since = until === null ? 0 : Math.floor(Date.parse(until) / 1000) - overlapSeconds;
  const lines = await readPages(deps, 'GET /v1/balance_transactions', (page) =>
    stripe.balanceTransactions.list(
      { created: { gte: since }, expand: ['data.source'], ...page },
      acting,
    ),
  );
  const movements = lines.map((line) => toMovement(line)).toReversed();
  const { cameBack } = await recordMovements(db, sellerId, movements);
  for (const payoutId of cameBack) await recordLateReturn(deps, payoutId);
}

/** A payout that was settled came back after all: the money is at the account again. */
async function recordLateReturn(deps: StripeDeps, payoutId: PayoutId): Promise<void> {
  const { stripe, db } = deps;
  const payout = await readPayout(db, payoutId);
  const { stripePayoutId, stripeAccount } = payout;
  if (payout.status !== 'settled' || !stripePayoutId || !stripeAccount) return;
  const object = await readStripe(deps, 'GET /v1/payouts', () =>
    stripe.payouts.retrieve(stripePayoutId, {}, actingFor(stripeAccount)),
  );
  const why = factsOfReturn(object);
  if (why) await recordBack(db, { ...payout, stripePayoutId }, why);
}

function toMovement(line: Stripe.BalanceTransaction): Movement {
  const { source } = line;
  const object = typeof source === 'object' ? source : null;
  return {
    id: line.id,
    type: line.type,
    net: line.net,
    currency: line.currency,
    createdAt: new Date(line.created * 1000).toISOString(),
    availableOn: new Date(line.available_on * 1000).toISOString(),
    source: typeof source === 'string' ? source : (source?.id ?? null),
    payoutId: object?.object === 'payout' ? (object.metadata?.['payout_id'] ?? null) : null,
    sourceTransfer: object?.object === 'charge' ? idOf(object.source_transfer) : null,
    charge: object?.object === 'refund' ? idOf(object.charge) : null,
  };
}

function idOf(reference: string | { id: string } | null | undefined): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null);
}
