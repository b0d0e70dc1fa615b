import { type DiscrepancyId, type HoldId, newId } from '../../domain/ids.ts';
import { countedEntry } from '../../domain/ledger.ts';
import { minor } from '../../domain/money.ts';
import {
  type ClosingPlan,
  type OwedFacts,
  planClosing,
} from '../../domain/reconciliation/closing.ts';
import type { DiscrepancyRecord } from '../../domain/reconciliation/discrepancies.ts';
import type { Tx } from '../connect.ts';
import { allocatePaid } from '../earnings/allocations.ts';
import { releaseHold, takeOffHolds } from '../holds.ts';
import { recordEntries } from '../ledger.ts';
import { lockSeller } from '../locks.ts';
import { businessNow } from '../time.ts';
import { type Closing, closeDiscrepancy, findDiscrepancy, wakeWaiting } from './discrepancies.ts';
import { explainLines } from './movements.ts';
import { readMoved, readOwed } from './owed.ts';

/** What became of an order to close a discrepancy. */
export type Closed =
  | { kind: 'closed'; discrepancy: DiscrepancyRecord }
  | { kind: 'unknown' | 'closed-before' }
  | (Extract<ClosingPlan, { kind: 'refuse' }> & OwedFacts & { currency: string | null });

/**
 * Closes a discrepancy as `planClosing` decides. If its money was for what is owed, the ledger
 * counts the money as paid, and its hold is released. Whatever the money was for, the ledger books
 * every line about it that waited for this decision. While the seller is locked, no money is
 * reserved.
 */
export async function closeWithOutcome(tx: Tx, order: Closing): Promise<Closed> {
  const first = await findDiscrepancy(tx, order.id);
  if (!first) return { kind: 'unknown' };
  if (first.sellerId !== null) await lockSeller(tx, first.sellerId);
  const found = (await findDiscrepancy(tx, order.id)) ?? first;
  if (found.closedAt !== null) return { kind: 'closed-before' };
  const { outcome = null } = order;
  const { sellerId, stripeCurrency: currency, stripeId } = found;
  const moved = await readMoved(tx, found);
  const made = { stripeIds: stripeId === null ? [] : [stripeId], payoutId: null };
  const facts = await readOwed(tx, { sellerId, currency }, made);
  const plan = planClosing(found, outcome, moved, facts);
  if (plan.kind === 'refuse') return { ...plan, ...facts, currency };
  const discrepancy = await close(tx, found, order);
  if (!discrepancy) return { kind: 'closed-before' };
  if (outcome !== null && sellerId !== null) await explainLines(tx, sellerId);
  const { by, reason } = order;
  if (plan.kind === 'count-transfer') await countTransfer(tx, found, plan.amount);
  if (plan.kind === 'count-payout') await countPayout(tx, found, { ...plan, by, reason });
  if (outcome === 'not-owed' && moved !== null && moved < 0) {
    await takeOffHolds(tx, await findHeld(tx, found), { amount: -moved, by, reason });
  }
  return { kind: 'closed', discrepancy };
}

/**
 * The discrepancies about money that came to the seller without an order. What left for something
 * else is taken from such money first.
 */
async function findHeld(tx: Tx, of: DiscrepancyRecord): Promise<DiscrepancyId[]> {
  const rows = await tx
    .selectFrom('discrepancies')
    .select('id')
    .where('seller_id', '=', of.sellerId)
    .where('stripe_currency', '=', of.stripeCurrency)
    .where('cause', 'in', ['transfer-not-ordered', 'payout-unknown'])
    .execute();
  return rows.map(({ id }) => id);
}

/** Closes the discrepancy, releases the hold of money that is owed, and wakes who waited. */
export async function close(
  tx: Tx,
  { id, cause, sellerId }: DiscrepancyRecord,
  order: Omit<Closing, 'id'>,
): Promise<DiscrepancyRecord | undefined> {
  const closed = await closeDiscrepancy(tx, { ...order, id });
  if (sellerId === null || !order.outcome) return closed;
  // The hold over an unknown payout covers all money of the currency. It ends when no line of an
  // unknown payout is unexplained.
  if (order.outcome === 'owed' && cause !== 'payout-unknown') await releaseHolds(tx, id, order);
  await wakeWaiting(tx, sellerId);
  return closed;
}

async function releaseHolds(
  tx: Tx,
  about: DiscrepancyId,
  { reason, by }: { reason: string; by: string },
): Promise<void> {
  const holds = await tx
    .selectFrom('holds')
    .select('id')
    .where('about', '=', about)
    .where('released_at', 'is', null)
    .orderBy('id')
    .execute();
  for (const { id: holdId } of holds as { id: HoldId }[]) {
    await releaseHold(tx, { holdId, reason, by });
  }
}

type Counted = { amount: number; by: string; reason: string };

async function countTransfer(tx: Tx, of: DiscrepancyRecord, amount: number): Promise<void> {
  const { id: discrepancyId, sellerId, stripeCurrency: currency, stripeId } = of;
  if (sellerId === null || currency === null) return;
  const counted = { discrepancyId, sellerId, currency, amount: minor(amount), stripeId };
  await recordEntries(tx, [countedEntry(counted)]);
}

/** Records a payout that somebody else made, and allocates the oldest earnings to it. */
async function countPayout(
  tx: Tx,
  of: DiscrepancyRecord,
  { amount, by, reason }: Counted,
): Promise<void> {
  const { sellerId, stripeCurrency: currency, stripeId, object } = of;
  if (sellerId === null || currency === null) return;
  const payoutId = newId('payout');
  await tx
    .insertInto('payouts')
    .values({
      id: payoutId,
      seller_id: sellerId,
      currency,
      status: 'paid-elsewhere',
      from_account: amount,
      paid_by: [stripeId ?? object],
      paid_reason: reason,
      ordered_by: by,
      over_at: businessNow,
    })
    .execute();
  await allocatePaid(tx, { payoutId, sellerId, currency, amount });
}
