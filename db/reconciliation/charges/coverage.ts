import { sql } from 'kysely';
import {
  type ChargedEarning,
  type ChargeFacts,
  coverageOf,
  sayShortfall,
  type Share,
  type Shortfall,
} from '../../../domain/earnings/coverage.ts';
import type { EarningId, PayoutId, SellerId } from '../../../domain/ids.ts';
import type { Cause } from '../../../domain/reconciliation/discrepancies.ts';
import type { Db, Tx } from '../../connect.ts';
import { recordAvailableOn } from '../../earnings/unresolved.ts';
import { placeHold } from '../../holds.ts';
import { lock, lockCharge, lockSeller } from '../../locks.ts';
import { lookForThreshold } from '../../paydays/thresholds.ts';
import { cancelPayout } from '../../payouts/cancellations.ts';
import { orderAgain } from '../../payouts/shortfalls.ts';
import { isInFlight } from '../../schema/statuses.ts';
import { transact, wakeSeller } from '../../wake-ups.ts';
import { findDiscrepancyOver, openDiscrepancies } from '../discrepancies.ts';
import { recordChargeSeen } from './unread-charges.ts';

/**
 * Records what Stripe shows of the charge that an earning names: when its money is available, and
 * how much of the earning the charge covers. The rest is held. `availableOn` is null if no money
 * comes.
 */
export async function recordCharge(
  db: Db,
  read: { earningId: EarningId; charge: ChargeFacts; availableOn: string | null },
): Promise<void> {
  const { earningId, charge, availableOn } = read;
  await transact(db, async (tx) => {
    const { seller_id: sellerId } = await tx
      .selectFrom('earnings')
      .select('seller_id')
      .where('id', '=', earningId)
      .executeTakeFirstOrThrow();
    const { schedule } = await lockSeller(tx, sellerId);
    await lockCharge(tx, charge.id);
    if (!(await recordAvailableOn(tx, { earningId, sellerId, availableOn }))) return;
    await recordChargeSeen(tx, earningId);
    const { earning, others } = await readShares(tx, earningId);
    const { covered, why } = coverageOf(earning, charge, others);
    if (why !== null) await holdUncovered(tx, { earningId, charge: charge.id, covered, why });
    if (await lookForThreshold(tx, sellerId, schedule)) await wakeSeller(tx, sellerId);
  });
}

/**
 * Finds which of these charges already paid the seller by themselves, as the account's books show.
 */
export async function findPaidCharges(
  tx: Tx,
  sellerId: SellerId,
  charges: readonly string[],
): Promise<string[]> {
  if (charges.length === 0) return [];
  const rows = await tx
    .selectFrom('earnings')
    .select('brought_by')
    .distinct()
    .where('seller_id', '=', sellerId)
    .where('place', '=', 'account')
    .where(sql<boolean>`brought_by = any(${charges}::text[])`)
    .execute();
  return rows.flatMap(({ brought_by }) => brought_by ?? []);
}

/**
 * Holds the earnings that name charges which paid the seller by themselves. Payouts of these
 * earnings that were not sent yet are canceled and ordered again. The caller has locked the seller.
 */
export async function holdPaidByCharge(
  tx: Tx,
  sellerId: SellerId,
  charges: readonly string[],
): Promise<void> {
  if (charges.length === 0) return;
  const { rows } = await sql<{ id: EarningId; charge: string }>`
    select id, charge from earnings
    where seller_id = ${sellerId} and place = 'platform' and brought_by = any(${charges}::text[])
      and not exists (select from discrepancies
        where cause = ${causeOf('pays-seller')} and object = told_as(earnings))
    order by id
  `.execute(tx);
  await callOffUnsentPayouts(
    tx,
    rows.map(({ id }) => id),
  );
  for (const { id: earningId, charge } of rows) {
    await holdUncovered(tx, { earningId, charge, covered: 0, why: 'pays-seller' });
  }
}

/**
 * Cancels payouts that contain these earnings and that Stripe does not have, so that the rest of
 * their money is paid by new payouts. Does not touch a payout whose outcome is not known, or one
 * that waits for a person's decision.
 */
async function callOffUnsentPayouts(tx: Tx, earnings: readonly EarningId[]): Promise<void> {
  if (earnings.length === 0) return;
  const { rows } = await sql<{ id: PayoutId }>`
    select id from payouts where ${isInFlight()} and parked is null
      and id in (select payout_id from payout_items
        where earning_id = any(${earnings}::text[]) and released_at is null)
    order by id ${lock('payouts', 'alone')}
  `.execute(tx);
  for (const { id } of rows) {
    const plan = await cancelPayout(tx, id, 'engine');
    if (plan?.kind === 'end') await orderAgain(tx, id, 'charge-pays-seller');
  }
}

/**
 * What the charge of an earning pays in addition, and what decides whether it covers the earning.
 */
async function readShares(
  tx: Tx,
  earningId: EarningId,
): Promise<{ earning: ChargedEarning; others: Share[] }> {
  const { rows } = await sql<ChargedEarning & { others: Share[] }>`
    select own.amount, own.currency, sellers.stripe_account as account,
      exists (select from earnings as income where income.brought_by = own.brought_by
        and income.seller_id = own.seller_id and income.place = 'account') as "isPaidByCharge",
      (select coalesce(json_agg(json_build_object('amount', other.amount - other.held,
          'currency', other.currency,
          'account', case other.place when 'account' then receiver.stripe_account end)), '[]')
        from earnings as other join sellers as receiver on receiver.id = other.seller_id
        where other.brought_by = own.brought_by and other.id <> own.id
          and (other.place = 'account' or other.available_on is not null)) as others
    from earnings as own join sellers on sellers.id = own.seller_id where own.id = ${earningId}
  `.execute(tx);
  const [row] = rows;
  if (!row) throw new Error(`no such earning: ${earningId}`);
  const { others, ...earning } = row;
  return { earning, others };
}

type Uncovered = { earningId: EarningId; charge: string; covered: number; why: Shortfall };

/**
 * Opens a discrepancy about an earning that its charge does not cover, and holds the uncovered
 * part. Payouts may already contain some of it; a second discrepancy reports that part. Does
 * nothing if a person was told before, because a person may have released the hold.
 */
async function holdUncovered(tx: Tx, uncovered: Uncovered): Promise<void> {
  const { earningId, charge, covered, why } = uncovered;
  const earning = await readHeld(tx, earningId);
  const { sellerId, amount, currency, allocated, held, toldAs } = earning;
  const difference = {
    cause: causeOf(why),
    object: toldAs,
    sellerId,
    atStripe: { movementId: null, object: charge, net: covered, currency },
    inLedger: { entryId: null, net: amount, currency },
  };
  if (await findDiscrepancyOver(tx, difference)) return;
  await openDiscrepancies(tx, [difference]);
  const short = Math.max(0, amount - covered - held);
  const rest = Math.min(short, amount - allocated - held);
  if (rest > 0) {
    const about = await findDiscrepancyOver(tx, difference);
    const reason = sayShortfall(why, { charge, amount, covered, currency });
    const code = 'charge-lost' as const;
    const hold = {
      sellerId,
      source: 'system',
      reasonCode: code,
      reason,
      about,
      earningId,
    } as const;
    await placeHold(tx, { ...hold, currency, amount: rest, expiresAt: null }, 'engine');
  }
  if (short > rest) {
    const { payoutId } = earning;
    const inLedger = { entryId: null, net: short - rest, currency };
    const overpaid = { cause: 'earning-overpaid', object: toldAs, sellerId } as const;
    await openDiscrepancies(tx, [{ ...overpaid, payoutId, inLedger }]);
  }
}

function causeOf(why: Shortfall): Cause {
  return why === 'pays-seller' ? 'charge-pays-seller' : 'charge-falls-short';
}

/**
 * How much of an earning is held or in payouts. `payoutId` is the newest payout that contains it.
 */
async function readHeld(tx: Tx, earningId: EarningId) {
  return tx
    .selectFrom('earnings')
    .select(['seller_id as sellerId', 'amount', 'currency', 'allocated', 'held'])
    .select(sql<string>`told_as(earnings)`.as('toldAs'))
    .select(
      sql<PayoutId | null>`(select payouts.id from payout_items
        join payouts on payouts.id = payout_id
        where earning_id = earnings.id and released_at is null
        order by payouts.created_at desc, payouts.id limit 1)`.as('payoutId'),
    )
    .where('id', '=', earningId)
    .executeTakeFirstOrThrow();
}
