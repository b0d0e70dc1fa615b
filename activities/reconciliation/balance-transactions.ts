import type { Stripe } from 'stripe';
import { readPayout } from '../../db/payouts/rows.ts';
import { readMovementCursor, recordMovements } from '../../db/reconciliation/movements.ts';
import { recordReturn } from '../../db/reconciliation/stopped-payouts.ts';
import { forgetFailedReads } from '../../db/failed-reads/rows.ts';
import { transact } from '../../db/wake-ups.ts';
import {
  isPayoutId,
  type PayoutId,
  type SellerId,
  type StripeAccountId,
  type StripePayoutId,
} from '../../domain/ids.ts';
import { debitedBack } from '../../domain/accounts/failures.ts';
import type { Movement } from '../../domain/reconciliation/movements.ts';
import type { Seller } from '../../domain/sellers.ts';
import { factsOfReturn } from '../payouts/bank-payouts.ts';
import {
  isReadFailure,
  isUnread,
  readPages,
  readStripe,
  type StripeDeps,
} from '../stripe/call-once.ts';
import { actingFor } from '../stripe/client.ts';
import { readSellerToShow } from '../explanations.ts';
import { noteFailedRead } from '../stripe/failed-reads.ts';

/** The activities that book what happened at an account without an order from the engine. */
export function createMovementActivities(deps: StripeDeps) {
  return {
    /**
     * Reads the account's new balance transactions and books the movements that the engine did not
     * order.
     */
    async retrieveMovements({ sellerId }: { sellerId: SellerId }): Promise<Seller> {
      await readMovements(deps, sellerId).catch((error: unknown) => {
        // The read is recorded as failed: the seller is held, and the job reads the account again.
        if (!isUnread(error) || isReadFailure(error)) throw error;
      });
      return readSellerToShow(deps.db, sellerId);
    },
  };
}

/**
 * Each read overlaps the last one by this many seconds, because Stripe's lists lag behind its
 * writes.
 */
export const overlapSeconds = 900;

/** The same without a result. `since` may ask for older lines than the last read. */
export async function readMovements(
  deps: StripeDeps,
  sellerId: SellerId,
  from: string | null = null,
): Promise<void> {
  const { db } = deps;
  const { account, isUnread: wasUnread, ...cursor } = await readMovementCursor(db, sellerId);
  if (!account) return;
  try {
    await readBooks(deps, sellerId, { ...cursor, account, from });
  } catch (error) {
    await noteFailedRead(db, { account, what: 'books' }, error);
    throw error;
  }
  if (wasUnread) await transact(db, (tx) => forgetFailedReads(tx, [account], 'books'));
}

type Cursor = {
  account: StripeAccountId;
  until: string | null;
  from: string | null;
  now: string;
};

async function readBooks(
  deps: StripeDeps,
  sellerId: SellerId,
  { account, until, from, now: readAt }: Cursor,
): Promise<void> {
  const acting = actingFor(account);
  const upTo = [until, from].filter((instant) => instant !== null).sort()[0];
  const since = until === null || !upTo ? 0 : Math.floor(Date.parse(upTo) / 1000) - overlapSeconds;
  const read = await readPages(deps, 'GET /v1/balance_transactions', (page) =>
    deps.stripe.balanceTransactions.list(
      { created: { gte: since }, expand: ['data.source.source_transfer'], ...page },
      acting,
    ),
  );
  await take(deps, sellerId, { lines: read.map((line) => toMovement(line)).toReversed(), readAt });
}

/** Looks again at lines that were read and could not be explained yet. */
export async function takeOpenLines(deps: StripeDeps, sellerId: SellerId): Promise<void> {
  await take(deps, sellerId, { lines: [], readAt: null });
}

async function take(
  deps: StripeDeps,
  sellerId: SellerId,
  read: { lines: Movement[]; readAt: string | null },
): Promise<void> {
  const { cameBack } = await recordMovements(deps.db, sellerId, read);
  if (cameBack.length === 0) return;
  for (const { payoutId, debit } of cameBack) {
    if (debit === null) await recordLateReturn(deps, payoutId);
    else await recordDebit(deps, payoutId, debit);
  }
  await recordMovements(deps.db, sellerId, { lines: [], readAt: null });
}

/** The bank returned a payout after its watch had ended: the money is at the account again. */
async function recordLateReturn(deps: StripeDeps, payoutId: PayoutId): Promise<void> {
  const { stripe, db } = deps;
  const payout = await readPayout(db, payoutId);
  const { stripePayoutId, stripeAccount } = payout;
  if (payout.status !== 'settled' || !stripePayoutId || !stripeAccount) return;
  const object = await readStripe(deps, 'GET /v1/payouts', () =>
    stripe.payouts.retrieve(stripePayoutId, {}, actingFor(stripeAccount)),
  ).catch(async (error: unknown) => {
    await noteFailedRead(db, { account: stripeAccount, what: 'books' }, error);
    throw error;
  });
  const why = factsOfReturn(object);
  if (why) await recordReturn(db, { ...payout, stripePayoutId }, why);
}

/**
 * Somebody debited a payout back from the bank: the money is at the account again. Stripe's books
 * say so, and the payout itself stays paid.
 */
async function recordDebit(
  { db }: StripeDeps,
  payoutId: PayoutId,
  debit: StripePayoutId,
): Promise<void> {
  const payout = await readPayout(db, payoutId);
  const { stripePayoutId } = payout;
  if (stripePayoutId === null) return;
  const why = { status: 'failed', failureCode: debitedBack, debit } as const;
  await recordReturn(db, { ...payout, stripePayoutId }, why);
}

/** Converts a line of Stripe's books to the form that we store: what moved, and who caused it. */
export function toMovement(line: Stripe.BalanceTransaction): Movement {
  const { source } = line;
  const id = idOf(source);
  return {
    id: line.id,
    type: line.type,
    net: line.net,
    currency: line.currency,
    createdAt: new Date(line.created * 1000).toISOString(),
    availableOn: new Date(line.available_on * 1000).toISOString(),
    source: id,
    object: id,
    transfer: null,
    isOfCharge: false,
    ofCharge: null,
    charge: null,
    payoutId: null,
    ...(source !== null && typeof source === 'object' && factsOfSource(source)),
  };
}

type Facts = Partial<
  Pick<
    Movement,
    'source' | 'object' | 'transfer' | 'isOfCharge' | 'ofCharge' | 'charge' | 'payoutId'
  >
>;

function factsOfSource(source: Stripe.BalanceTransactionSource): Facts {
  switch (source.object) {
    case 'charge': {
      const transfer = source.source_transfer;
      if (!transfer) return {};
      return typeof transfer === 'string'
        ? { object: transfer, transfer }
        : factsOfTransfer(transfer);
    }
    case 'refund': {
      const reversal = idOf(source.source_transfer_reversal);
      return { charge: idOf(source.charge), ...(reversal !== null && { object: reversal }) };
    }
    case 'payout':
      return {
        payoutId: nameIn(source.metadata?.['payout_id']),
        ...(source.original_payout !== null && { source: idOf(source.original_payout) }),
      };
    case 'transfer':
      return factsOfTransfer(source);
    case 'transfer_reversal':
      return { transfer: idOf(source.transfer) };
    default:
      return {};
  }
}

function factsOfTransfer({ id, metadata, transfer_group, source_transaction }: Stripe.Transfer) {
  return {
    object: id,
    transfer: id,
    isOfCharge: source_transaction !== null,
    ofCharge: idOf(source_transaction),
    payoutId: nameIn(metadata['payout_id']) ?? nameIn(transfer_group ?? undefined),
  };
}

function nameIn(value: string | undefined): PayoutId | null {
  return isPayoutId(value) ? value : null;
}

function idOf(reference: string | { id: string } | null | undefined): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null);
}
