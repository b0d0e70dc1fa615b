import type { PayoutId, SellerId } from '../../domain/ids.ts';
import {
  type ElsewherePlan,
  type PaidBy,
  paidElsewhere,
  planElsewhere,
  returnedElsewhere,
  type ReturnRefusal,
  whyNotReturned,
} from '../../domain/payouts/elsewhere.ts';
import { asksOutcome, type DiscrepancyRecord } from '../../domain/reconciliation/discrepancies.ts';
import type { Tx } from '../connect.ts';
import { allocatePaid } from '../earnings/allocations.ts';
import { lockForEnd } from '../payouts/cancellations.ts';
import { move, moveFreeing } from '../payouts/move.ts';
import { addWakeUps } from '../wake-ups.ts';
import { listDiscrepancies } from './discrepancies.ts';
import { explainLines } from './movements.ts';
import { close } from './outcomes.ts';
import { readMoved, readOwed } from './owed.ts';

/** How a person says that somebody else paid a payout. */
export type ElsewhereOrder = {
  by: string;
  reason: string;
  how: { stripeIds: readonly string[] } | { proof: string };
};

/** What became of the order: the payout ended, or why it did not. */
export type ElsewhereAnswer =
  | { kind: 'unknown' }
  /** Our books show no such money as unordered, for this seller and currency. */
  | { kind: 'not-unordered'; stripeId: string }
  | ElsewherePlan;

/**
 * Ends a payout whose money somebody else paid, as `planElsewhere` decides: ledger, earnings, the
 * discrepancies of the named objects and their holds change together. While the payout's row is
 * locked, no attempt can be opened; while the attempt's row is locked, it cannot be sent.
 */
export async function endPaidElsewhere(
  tx: Tx,
  payoutId: PayoutId,
  order: ElsewhereOrder,
): Promise<ElsewhereAnswer> {
  const locked = await lockForEnd(tx, payoutId);
  if (!locked) return { kind: 'unknown' };
  const { payout, attempt } = locked;
  const ids = 'stripeIds' in order.how ? order.how.stripeIds : [];
  const named = await findUnordered(tx, payout, ids);
  const missing = ids.find((id) => !named.some(({ of }) => of.stripeId === id));
  if (missing !== undefined) return { kind: 'not-unordered', stripeId: missing };
  const by: PaidBy =
    'proof' in order.how
      ? { proof: order.how.proof }
      : { moved: named.map(({ of, net }) => ({ stripeId: of.stripeId ?? of.object, net })) };
  const owed = await readOwed(tx, payout, { stripeIds: ids, payoutId });
  const plan = planElsewhere(payout, attempt, by, owed);
  if (plan.kind === 'refuse') return plan;
  const { reason } = order;
  const transition = paidElsewhere(payout, plan, by, { reason, unsentKey: attempt?.key });
  await move(tx, transition);
  const { sellerId, currency } = payout;
  if (payout.status === 'requested') {
    const amount = plan.fromPlatform + plan.fromAccount;
    await allocatePaid(tx, { payoutId, sellerId, currency, amount });
  }
  for (const { of } of named) await close(tx, of, { reason, by: order.by, outcome: 'owed' });
  if (named.length > 0) await explainLines(tx, sellerId);
  await addWakeUps(tx, transition.wakes);
  return plan;
}

/** What became of an order to return a payout. */
export type ReturnAnswer =
  { kind: 'unknown' | 'returned' } | { kind: 'refuse'; why: ReturnRefusal };

/**
 * Returns a payout that somebody else paid outside Stripe, as `whyNotReturned` decides: the
 * platform owes its money again, and its earnings go to the next payout.
 */
export async function returnPaidElsewhere(
  tx: Tx,
  payoutId: PayoutId,
  reason: string,
): Promise<ReturnAnswer> {
  const locked = await lockForEnd(tx, payoutId);
  if (!locked) return { kind: 'unknown' };
  const { payout, paidOutside } = locked;
  const why = whyNotReturned(payout, paidOutside);
  if (why !== null) return { kind: 'refuse', why };
  const transition = returnedElsewhere(payout, { reason });
  await moveFreeing(tx, payout, transition);
  await addWakeUps(tx, transition.wakes);
  return { kind: 'returned' };
}

/** The most discrepancies of a seller that are searched for the named objects. */
const mostSearched = 1000;

async function findUnordered(
  tx: Tx,
  { sellerId, currency }: { sellerId: SellerId; currency: string },
  ids: readonly string[],
): Promise<{ of: DiscrepancyRecord; net: number }[]> {
  if (ids.length === 0) return [];
  const open = await listDiscrepancies(tx, { sellerId, currency, open: true, limit: mostSearched });
  const found = [];
  for (const of of open.filter(asksOutcome)) {
    const isNamed = of.stripeId !== null && ids.includes(of.stripeId);
    const net = isNamed && of.stripeCurrency === currency ? await readMoved(tx, of) : null;
    if (net !== null) found.push({ of, net });
  }
  return found;
}
