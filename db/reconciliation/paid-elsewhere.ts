import { sql } from 'kysely';
import { type PayoutId, type SellerId } from '../../domain/ids.ts';
import {
  type ElsewherePlan,
  type PaidBy,
  paidElsewhere,
  planElsewhere,
} from '../../domain/payouts/elsewhere.ts';
import { asksOutcome, type DiscrepancyRecord } from '../../domain/reconciliation/discrepancies.ts';
import type { Tx } from '../connect.ts';
import { allocate } from '../earnings/allocations.ts';
import { lockForEnd } from '../payouts/cancellations.ts';
import { move } from '../payouts/move.ts';
import { addWakeUps } from '../wake-ups.ts';
import { listDiscrepancies } from './discrepancies.ts';
import { atPlatformOf, bookUnknown, close, findLine, type Line } from './outcomes.ts';

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
      : { moved: named.map(({ of, line }) => ({ stripeId: of.stripeId ?? of.object, ...line })) };
  const { sellerId, currency } = payout;
  const plan = planElsewhere(payout, attempt, by, await readAtPlatform(tx, sellerId, currency));
  if (plan.kind === 'refuse') return plan;
  for (const { of, line } of named) await bookUnknown(tx, of, line);
  const { reason } = order;
  const transition = paidElsewhere(payout, plan, by, { reason, unsentKey: attempt?.key });
  await move(tx, transition);
  if (payout.status === 'requested') {
    const amount = plan.fromPlatform + plan.fromAccount;
    await allocate(tx, [{ payoutId, sellerId, currency, amount }]);
  }
  for (const { of } of named) await close(tx, of, { reason, by: order.by, outcome: 'owed' });
  await addWakeUps(tx, transition.wakes);
  return plan;
}

/** The most discrepancies of a seller that are searched for the named objects. */
const mostSearched = 1000;

async function findUnordered(
  tx: Tx,
  { sellerId, currency }: { sellerId: SellerId; currency: string },
  ids: readonly string[],
): Promise<{ of: DiscrepancyRecord; line: Line }[]> {
  if (ids.length === 0) return [];
  const open = await listDiscrepancies(tx, { sellerId, currency, open: true, limit: mostSearched });
  const found = [];
  for (const of of open.filter(asksOutcome)) {
    const isNamed = of.stripeId !== null && ids.includes(of.stripeId);
    const line = isNamed && of.stripeCurrency === currency ? await findLine(tx, of) : null;
    if (line) found.push({ of, line });
  }
  return found;
}

async function readAtPlatform(tx: Tx, sellerId: SellerId, currency: string): Promise<number> {
  const { rows } = await sql<{ amount: number }>`
    select ${atPlatformOf(sellerId, currency)} as amount
  `.execute(tx);
  return rows[0]?.amount ?? 0;
}
