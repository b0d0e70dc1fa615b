import { sql } from 'kysely';
import {
  type ChangeFacts,
  type ChangePlan,
  correctedEntries,
  type EarningOrder,
  planChange,
} from '../../../domain/earnings/changes.ts';
import type { DiscrepancyId, EarningId, HoldId, SellerId } from '../../../domain/ids.ts';
import { earningCauses } from '../../../domain/reconciliation/discrepancies.ts';
import type { Tx } from '../../connect.ts';
import { allocate, lockUnexplained } from '../../earnings/allocations.ts';
import { listContaining, type PayoutOfEarning } from '../../earnings/views.ts';
import { releaseHold } from '../../holds.ts';
import { recordEntries } from '../../ledger.ts';
import { lockSellerOf } from '../../locks.ts';
import { lookForThreshold } from '../../paydays/thresholds.ts';
import { businessNow } from '../../time.ts';
import { wakeSeller } from '../../wake-ups.ts';
import { closeDiscrepancy } from '../discrepancies.ts';
import { findPaidCharges, holdPaidByCharge } from './coverage.ts';

/** An order to change an earning, with its author and reason. */
export type ChangeOrder = {
  earningId: EarningId;
  order: EarningOrder;
  reason: string;
  by: string;
};

/** What became of an order to change an earning. */
export type Changed =
  | { kind: 'done' | 'unknown' }
  | (Extract<ChangePlan, { kind: 'refuse' }> & { earning: Earning; payouts: PayoutOfEarning[] });

type Earning = ChangeFacts & {
  id: EarningId;
  sellerId: SellerId;
  currency: string;
  changes: number;
  /** The object of the discrepancies about the earning. */
  toldAs: string;
};

/**
 * Corrects or withdraws an earning as `planChange` decides, with its ledger entry. While the seller
 * is locked, no payout reserves the earning. Whatever was decided about the old charge and amount
 * ends: its holds are released and its discrepancies are closed. If the earning still names a
 * charge, the charge is read again before the earning is payable.
 */
export async function changeEarning(tx: Tx, asked: ChangeOrder): Promise<Changed> {
  const { earningId, order } = asked;
  const seller = await lockSellerOf(tx, { earnings: earningId });
  if (!seller) return { kind: 'unknown' };
  const earning = await readEarning(tx, earningId);
  const plan = planChange(order, earning);
  if (plan.kind === 'nothing') return { kind: 'done' };
  if (plan.kind === 'refuse') {
    return { ...plan, earning, payouts: await listContaining(tx, earningId) };
  }
  const { sellerId } = earning;
  const unexplained = await lockUnexplained(tx, sellerId);
  await forgetCharge(tx, earning, asked);
  await write(tx, earning, { ...plan, ...asked });
  if (plan.charge !== null && plan.amount > 0) {
    await holdPaidByCharge(tx, sellerId, await findPaidCharges(tx, sellerId, [plan.charge]));
  }
  await allocate(tx, unexplained);
  await lookForThreshold(tx, sellerId, seller.schedule);
  await wakeSeller(tx, sellerId);
  return { kind: 'done' };
}

async function readEarning(tx: Tx, earningId: EarningId): Promise<Earning> {
  return tx
    .selectFrom('earnings')
    .select(['id', 'seller_id as sellerId', 'currency', 'place', 'amount', 'charge', 'allocated'])
    .select(['changes', sql<string>`told_as(earnings)`.as('toldAs')])
    .select(sql<boolean>`withdrawn_at is not null`.as('isWithdrawn'))
    .where('id', '=', earningId)
    .executeTakeFirstOrThrow();
}

/** Ends the holds and discrepancies that concern the earning as it was. */
async function forgetCharge(
  tx: Tx,
  { id, toldAs }: Earning,
  { reason, by }: { reason: string; by: string },
): Promise<void> {
  const { rows: holds } = await sql<{ id: HoldId }>`
    select id from holds where earning_id = ${id} and released_at is null order by id
  `.execute(tx);
  for (const { id: holdId } of holds) await releaseHold(tx, { holdId, reason, by });
  const { rows: told } = await sql<{ id: DiscrepancyId }>`
    select id from discrepancies where object = ${toldAs} and closed_at is null
      and cause = any(${earningCauses}::text[]) order by id
  `.execute(tx);
  for (const { id: discrepancy } of told) {
    await closeDiscrepancy(tx, { id: discrepancy, reason, by });
  }
}

async function write(
  tx: Tx,
  earning: Earning,
  { amount, charge, reason, by }: { amount: number; charge: string | null } & ChangeOrder,
): Promise<void> {
  const { id, sellerId, currency } = earning;
  const number = earning.changes + 1;
  const isWithdrawn = amount === 0;
  await tx
    .updateTable('earnings')
    .set({
      amount,
      charge,
      brought_by: charge,
      // The charge is read again, because the amount that it must cover may be another one.
      available_on:
        isWithdrawn || charge === null ? sql`coalesce(available_on, ${businessNow})` : null,
      charge_tried_at: null,
      changes: number,
      changed_at: businessNow,
      withdrawn_at: isWithdrawn ? businessNow : null,
    })
    .where('id', '=', id)
    .execute();
  await tx
    .insertInto('earning_changes')
    .values({
      earning_id: id,
      number,
      amount_before: earning.amount,
      amount_after: amount,
      charge_before: earning.charge,
      charge_after: charge,
      reason,
      changed_by: by,
    })
    .execute();
  const change = { earningId: id, sellerId, currency, number };
  await recordEntries(tx, correctedEntries({ ...change, before: earning.amount, after: amount }));
}
