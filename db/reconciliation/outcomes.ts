import { sql } from 'kysely';
import {
  type DiscrepancyId,
  type HoldId,
  newId,
  type PayoutId,
  type SellerId,
} from '../../domain/ids.ts';
import { countedEntry, moved } from '../../domain/ledger.ts';
import { minor } from '../../domain/money.ts';
import { type ClosingPlan, planClosing } from '../../domain/reconciliation/closing.ts';
import type { DiscrepancyRecord } from '../../domain/reconciliation/discrepancies.ts';
import type { Tx } from '../connect.ts';
import { allocate } from '../earnings/allocations.ts';
import { releaseHold } from '../holds.ts';
import { recordEntries } from '../ledger.ts';
import { lockSeller } from '../locks.ts';
import { isInFlight } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';
import { type Closing, closeDiscrepancy, findDiscrepancy, wakeWaiting } from './discrepancies.ts';
import { linkLines, recordStandings } from './lines.ts';

/** What became of an order to close a discrepancy. */
export type Closed =
  | { kind: 'closed'; discrepancy: DiscrepancyRecord }
  | { kind: 'unknown' | 'closed-before' }
  | (Extract<ClosingPlan, { kind: 'refuse' }> & {
      inFlight: PayoutId | null;
      atPlatform: number;
      currency: string | null;
    });

/**
 * Closes a discrepancy as `planClosing` decides. If its money was for what is owed, the ledger counts
 * the money as paid, and its hold is released. While the seller is locked, no money is reserved.
 */
export async function closeWithOutcome(tx: Tx, order: Closing): Promise<Closed> {
  const first = await findDiscrepancy(tx, order.id);
  if (!first) return { kind: 'unknown' };
  if (first.sellerId !== null) await lockSeller(tx, first.sellerId);
  const found = (await findDiscrepancy(tx, order.id)) ?? first;
  if (found.closedAt !== null) return { kind: 'closed-before' };
  const { outcome = null } = order;
  const line = await findLine(tx, found);
  const facts = await readFacts(tx, found);
  const plan = planClosing({ ...found, atStripe: line?.net ?? null }, outcome, facts);
  if (plan.kind === 'refuse') {
    return { ...plan, ...facts, currency: found.stripeCurrency };
  }
  if (plan.kind !== 'close' && line) {
    await bookUnknown(tx, found, line);
    await (plan.kind === 'count-transfer' ? countTransfer : countPayout)(tx, found, {
      ...plan,
      by: order.by,
      reason: order.reason,
    });
  }
  const discrepancy = await close(tx, found, order);
  return discrepancy ? { kind: 'closed', discrepancy } : { kind: 'closed-before' };
}

/** A line of an account's books that the engine did not order. */
export type Line = { id: string; net: number };

/**
 * The line of the seller's account that a discrepancy is about. A discrepancy about an unknown
 * payout may have been opened over the platform's line of the same transfer.
 */
export async function findLine(tx: Tx, of: DiscrepancyRecord): Promise<Line | null> {
  const { cause, movementId, atStripe, sellerId } = of;
  if (cause !== 'payout-unknown') {
    return movementId === null || atStripe === null ? null : { id: movementId, net: atStripe };
  }
  const row = await tx
    .selectFrom('movements')
    .select(['id', 'net'])
    .where('seller_id', '=', sellerId)
    .where('object', '=', of.stripeId)
    .where('standing', '=', 'unknown-payout')
    .orderBy('position')
    .executeTakeFirst();
  return row ?? null;
}

/** A line that names an unknown payout is in no entry yet: it is booked like other unordered money. */
export async function bookUnknown(tx: Tx, of: DiscrepancyRecord, line: Line): Promise<void> {
  const { cause, sellerId, stripeCurrency: currency, stripeId: object } = of;
  if (cause !== 'payout-unknown' || sellerId === null || currency === null) return;
  const places =
    line.net > 0
      ? ({ from: 'foreign', to: 'account' } as const)
      : ({ from: 'account', to: 'foreign' } as const);
  const entry = { kind: 'foreign' as const, ...places, amount: minor(Math.abs(line.net)) };
  await recordEntries(tx, [moved({ id: line.id, currency, object }, entry, sellerId)]);
  const { id: entryId } = await tx
    .selectFrom('ledger_entries')
    .select('id')
    .where('event_key', '=', line.id)
    .executeTakeFirstOrThrow();
  await linkLines(tx, 'account', [{ entryId, movementId: line.id }]);
  await recordStandings(tx, [{ id: line.id, standing: 'claimed' }]);
}

/** Closes the discrepancy, releases the hold of money that is owed, and wakes who waited. */
export async function close(
  tx: Tx,
  { id, cause, sellerId }: DiscrepancyRecord,
  order: Omit<Closing, 'id'>,
): Promise<DiscrepancyRecord | undefined> {
  const closed = await closeDiscrepancy(tx, { ...order, id });
  if (sellerId === null || !order.outcome) return closed;
  // The hold over an unknown payout covers all money of the currency, so a person releases it.
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

async function readFacts(tx: Tx, of: DiscrepancyRecord) {
  const { sellerId, stripeCurrency, stripeId } = of;
  const { rows } = await sql<{
    inFlight: PayoutId | null;
    atPlatform: number;
    isToAdopt: boolean;
  }>`
    select (select id from payouts where seller_id = ${sellerId}
        and currency = ${stripeCurrency} and ${isInFlight()}) as "inFlight",
      ${atPlatformOf(sellerId, stripeCurrency)} as "atPlatform",
      exists (select from adoptions where stripe_id = ${stripeId} and closed_at is null)
        as "isToAdopt"
  `.execute(tx);
  const [row] = rows;
  if (!row) throw new Error('a query without from has one row');
  return row;
}

/** The unreserved money that the platform owes, in SQL. */
export function atPlatformOf(sellerId: SellerId | null, currency: string | null) {
  return sql<number>`coalesce((select amount from balances where seller_id = ${sellerId}
    and currency = ${currency} and place = 'platform'), 0)`;
}

type Counted = { amount: number; by: string; reason: string };

async function countTransfer(tx: Tx, of: DiscrepancyRecord, { amount }: Counted): Promise<void> {
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
      started_at: businessNow,
      over_at: businessNow,
    })
    .execute();
  await allocate(tx, [{ payoutId, sellerId, currency, amount }]);
}
