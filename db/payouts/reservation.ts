import { sql } from 'kysely';
import { planReservation, type SkipReason } from '../../domain/funds.ts';
import type { Hold } from '../../domain/holds.ts';
import { type PayoutId, type SellerId, sellerWorkflowId } from '../../domain/ids.ts';
import { type PayoutMoney, reserved, total } from '../../domain/ledger.ts';
import type { Schedule } from '../../domain/paydays/schedule.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import type { WaitReason } from '../../domain/waits.ts';
import type { Db, Tx } from '../connect.ts';
import { allocation } from '../earnings/allocations.ts';
import { activeHoldsOf, laterAt, upTo } from '../funds.ts';
import { entryLines } from '../ledger.ts';
import { lock } from '../locks.ts';
import { lookForThreshold } from '../paydays/thresholds.ts';
import { businessNow, inMinutes } from '../time.ts';
import { addWakeUps, wakeSeller } from '../wake-ups.ts';
import { hasInFlight } from './queue.ts';
import { notWaiting, type PayoutRow, readAlong, readPayout, toPayout, update } from './rows.ts';

/**
 * Sets money aside for a requested payout and says which earnings it pays. Run twice it answers
 * with the reservation that stands. Waits while another payout of the seller is in flight.
 */
export async function reservePayout(db: Db, payoutId: PayoutId): Promise<Payout> {
  return await db.transaction().execute(async (tx) => {
    const payout = await lockForReservation(tx, payoutId);
    if (payout.status !== 'requested') return readPayout(tx, payoutId);
    if (payout.is_paused) return wait(tx, payoutId, 'seller-paused', inADay);
    if (payout.seller_status !== 'active') return wait(tx, payoutId, 'seller-not-active', inADay);
    if (payout.busy) return wait(tx, payoutId, 'another-payout', inMinutes(60));
    if (payout.lacks_bank) return wait(tx, payoutId, 'bank-details', inADay);
    if (payout.cools_until) return wait(tx, payoutId, 'cooling-period', payout.cools_until);
    const plan = planReservation({
      requestedAmount: payout.requested_amount,
      currency: payout.currency,
      atPlatform: payout.at_platform,
      atAccount: payout.at_account,
      notYetAvailable: payout.not_yet_available,
      holds: payout.holds,
    });
    if (plan.kind === 'wait') return wait(tx, payoutId, 'hold', plan.until ?? inADay);
    const { seller_id: sellerId, currency } = payout;
    const money = { ...plan, payoutId, sellerId, currency };
    const done = await ('reason' in money ? skip(tx, money) : reserve(tx, money, payout));
    // While it was only ordered, a threshold did not count the money beside it.
    if (await lookForThreshold(tx, sellerId, payout.schedule)) await wakeSeller(tx, sellerId);
    return done;
  });
}

/** How long a payout waits at most for what only somebody else brings about. */
const inADay = inMinutes(24 * 60);

async function wait(db: Db, payoutId: PayoutId, reason: WaitReason, at: string | typeof inADay) {
  return update(db, payoutId, { waiting_for: reason, look_again_at: at });
}

/** Nothing will leave here that would let the seller's next payout start, so this says it. */
async function skip(tx: Tx, { payoutId, reason }: { payoutId: PayoutId; reason: SkipReason }) {
  const over = { status: 'skipped' as const, skip_reason: reason, over_at: businessNow };
  const skipped = await update(tx, payoutId, { ...over, ...notWaiting });
  const workflowId = sellerWorkflowId(skipped.sellerId);
  if (skipped.othersWait) await addWakeUps(tx, [{ workflowId, topics: ['payouts'] }]);
  return skipped;
}

/** Locks the seller, so that two payouts of one seller never weigh the same money. */
async function lockForReservation(tx: Tx, payoutId: PayoutId) {
  const { rows } = await sql<{
    seller_id: SellerId;
    currency: string;
    status: Payout['status'];
    requested_amount: number | null;
    cut_off_at: string | null;
    account: Payout['stripeAccount'];
    seller_status: string;
    is_paused: boolean;
    schedule: Schedule | null;
  }>`
    select seller_id, payouts.currency, payouts.status, requested_amount, cut_off_at,
      sellers.stripe_account as account, sellers.status as seller_status,
      sellers.paused_at is not null as is_paused, schedule
    from payouts join sellers on sellers.id = seller_id
    where payouts.id = ${payoutId}
    ${lock('sellers', 'to-change')} ${lock('payouts', 'to-change')}
  `.execute(tx);
  const [row] = rows;
  if (!row) throw new Error(`no such payout: ${payoutId}`);
  return { ...row, ...(await readFunds(tx, row)) };
}

/** A statement of its own after the lock, so that it sees what the last holder of it wrote. */
async function readFunds(
  tx: Tx,
  of: { seller_id: SellerId; currency: string; cut_off_at: string | null },
) {
  const { rows } = await sql<{
    busy: boolean;
    lacks_bank: boolean;
    cools_until: string | null;
    at_platform: number;
    at_account: number;
    not_yet_available: number;
    holds: Hold[];
  }>`
    select ${hasInFlight(of)} as busy,
      bank_is_paused(${of.seller_id}, ${of.currency})
        or is_converted(${of.seller_id}, ${of.currency}) as lacks_bank,
      bank_cools_until(${of.seller_id}, ${of.currency}) as cools_until,
      coalesce((select amount from balances where seller_id = ${of.seller_id}
        and currency = ${of.currency} and place = 'platform'), 0) as at_platform,
      coalesce((select amount from balances where seller_id = ${of.seller_id}
        and currency = ${of.currency} and place = 'account'), 0)
        - ${laterAt('account', of, upTo(of.cut_off_at))} as at_account,
      ${laterAt('platform', of, upTo(of.cut_off_at))} as not_yet_available,
      ${activeHoldsOf(sql`${of.seller_id}`)} as holds
  `.execute(tx);
  const [row] = rows;
  if (!row) throw new Error('a query without from has one row');
  return row;
}

/**
 * One statement: the money is set aside, and the payout gets the oldest earnings that are payable,
 * the last of them in part if need be. It may be money that came back once and was to be paid anew.
 */
async function reserve(
  tx: Tx,
  money: PayoutMoney,
  { account, cut_off_at }: { account: Payout['stripeAccount']; cut_off_at: string | null },
): Promise<Payout> {
  const amount = total(money);
  const payable = sql`greatest(available_on, created_at) <= ${upTo(cut_off_at)}
    and available_on is not null`;
  const { columns, lines } = entryLines(reserved(money));
  const { rows } = await sql<PayoutRow>`
    with ${allocation({ ...money, amount }, payable)}, posted as (
      insert into ledger_entries (${columns}) select line.* from ${lines}
    ), no_longer_awaited as (
      update payouts set awaits_details = false where seller_id = ${money.sellerId}
        and currency = ${money.currency} and awaits_details and id <> ${money.payoutId}
    )
    update payouts set status = ${money.fromPlatform > 0 ? 'reserved' : 'transferred'},
      from_platform = ${money.fromPlatform}, from_account = ${money.fromAccount},
      stripe_account = ${account}, reserved_at = business_now(),
      waiting_for = null, look_again_at = null
    where id = ${money.payoutId}
    returning *, ${sql.join(readAlong)}
  `.execute(tx);
  const [row] = rows;
  if (!row) throw new Error(`no such payout: ${money.payoutId}`);
  return toPayout(row);
}
