import { sql } from 'kysely';
import type { SkipReason } from '../../domain/funds.ts';
import { type PayoutId, type SellerId, sellerWorkflowId } from '../../domain/ids.ts';
import { type PayoutMoney, total } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import type { Schedule } from '../../domain/paydays/schedule.ts';
import { decideReservation, minutesToWait } from '../../domain/payouts/reservation.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import { reserved, skipped } from '../../domain/payouts/transitions.ts';
import type { SellerStatus } from '../../domain/sellers.ts';
import type { Db, Tx } from '../connect.ts';
import { allocation } from '../earnings/allocations.ts';
import {
  fundsOf,
  type FundsRow,
  isPayable,
  readinessOf,
  type ReadinessRow,
  upTo,
} from '../funds.ts';
import { entryLines } from '../ledger.ts';
import { lock } from '../locks.ts';
import { lookForThreshold } from '../paydays/thresholds.ts';
import { inMinutes } from '../time.ts';
import { addWakeUps, transact, wakeSeller } from '../wake-ups.ts';
import { move } from './move.ts';
import { earningsAmong, type PayoutRow, readAlong, readPayout, toPayout, update } from './rows.ts';

/**
 * Reserves money for a requested payout and allocates earnings to it. A repeat returns the existing
 * reservation. If the payout must wait, for example for another payout of the seller, records the
 * reason and reserves nothing.
 */
export async function reservePayout(db: Db, payoutId: PayoutId): Promise<Payout> {
  return await transact(db, async (tx) => {
    const payout = await lockForReservation(tx, payoutId);
    if (payout.payoutStatus !== 'requested') return readPayout(tx, payoutId);
    const plan = decideReservation(payout, payout, payout.now);
    if (plan.kind === 'wait') {
      const { reason, until } = plan;
      return update(tx, payoutId, {
        waiting_for: reason,
        look_again_at: until ?? inMinutes(minutesToWait(reason)),
      });
    }
    const { seller_id: sellerId, currency } = payout;
    const money = { ...plan, payoutId, sellerId, currency };
    const done = await ('reason' in money ? skip(tx, money) : reserve(tx, money, payout));
    // While the payout was only requested, the thresholds ignored its currency.
    if (await lookForThreshold(tx, sellerId, payout.schedule)) await wakeSeller(tx, sellerId);
    return done;
  });
}

/**
 * Ends the payout without a payment. The payout has no later step that starts the seller's next
 * payout, so the seller is woken here.
 */
async function skip(tx: Tx, { payoutId, reason }: { payoutId: PayoutId; reason: SkipReason }) {
  const ended = await move(tx, skipped({ payoutId }, reason));
  const workflowId = sellerWorkflowId(ended.sellerId);
  if (ended.othersWait) await addWakeUps(tx, [{ workflowId, topics: ['payouts'] }]);
  return ended;
}

/**
 * Reads what decides the reservation. Locks the seller, so that two payouts of one seller never
 * reserve the same money.
 */
async function lockForReservation(tx: Tx, payoutId: PayoutId) {
  const { rows } = await sql<{
    seller_id: SellerId;
    currency: Currency;
    payoutStatus: Payout['status'];
    requestedAmount: number | null;
    cut_off_at: string | null;
    account: Payout['stripeAccount'];
    status: SellerStatus;
    isPaused: boolean;
    schedule: Schedule | null;
  }>`
    select seller_id, payouts.currency, payouts.status as "payoutStatus",
      requested_amount as "requestedAmount", cut_off_at, sellers.stripe_account as account,
      sellers.status, sellers.paused_at is not null as "isPaused", schedule
    from payouts join sellers on sellers.id = seller_id
    where payouts.id = ${payoutId}
    ${lock('sellers', 'to-change')} ${lock('payouts', 'to-change')}
  `.execute(tx);
  const [row] = rows;
  if (!row) throw new Error(`no such payout: ${payoutId}`);
  return { ...row, ...(await readForReservation(tx, row)) };
}

/** A separate statement after the lock sees what the previous holder of the lock wrote. */
async function readForReservation(
  tx: Tx,
  payout: { seller_id: SellerId; currency: Currency; cut_off_at: string | null },
) {
  const of = {
    sellerId: sql`${payout.seller_id}`,
    currency: sql`${payout.currency}`,
    by: upTo(payout.cut_off_at),
  };
  const { rows } = await sql<FundsRow & ReadinessRow & { now: string }>`
    select business_now() as now, ${fundsOf(of)}, ${readinessOf(of)}
  `.execute(tx);
  const [row] = rows;
  if (!row) throw new Error('a query without from has one row');
  return row;
}

/**
 * Reserves the money and allocates the oldest payable earnings to the payout, in one statement. The
 * last earning may be allocated only in part. The reservation may include money of returned payouts
 * that wait for new bank details, so these payouts stop waiting.
 */
async function reserve(
  tx: Tx,
  money: PayoutMoney,
  { account, cut_off_at }: { account: Payout['stripeAccount']; cut_off_at: string | null },
): Promise<Payout> {
  const amount = total(money);
  const transition = reserved(money, account);
  const { columns, lines } = entryLines(transition.entries);
  const { rows } = await sql<PayoutRow & { taken: PayoutRow['earnings'] }>`
    with ${allocation({ ...money, amount }, isPayable(upTo(cut_off_at)))}, posted as (
      insert into ledger_entries (${columns}) select line.* from ${lines}
    ), no_longer_awaited as (
      update payouts set awaits_details = false where seller_id = ${money.sellerId}
        and currency = ${money.currency} and awaits_details and id <> ${money.payoutId}
    )
    update payouts set status = ${transition.status},
      from_platform = ${money.fromPlatform}, from_account = ${money.fromAccount},
      stripe_account = ${account}, reserved_at = business_now(),
      waiting_for = null, look_again_at = null
    where id = ${money.payoutId}
    returning *, ${sql.join(readAlong)}, ${earningsAmong(justTaken)} as taken
  `.execute(tx);
  const [row] = rows;
  if (!row) throw new Error(`no such payout: ${money.payoutId}`);
  // The statement does not see the items that it stores itself.
  return toPayout({ ...row, earnings: row.taken });
}

const justTaken = sql`(select id as earning_id, part as amount from taken)`;
