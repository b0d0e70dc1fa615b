import { sql } from 'kysely';
import type { DiscrepancyId, PayoutId, SellerId } from '../../domain/ids.ts';
import { returnedElsewhere } from '../../domain/payouts/elsewhere.ts';
import type { Booking } from '../../domain/reconciliation/movements.ts';
import type { Tx } from '../connect.ts';
import { takeOffHolds } from '../holds.ts';
import { moveFreeing } from '../payouts/move.ts';
import { readPayout } from '../payouts/rows.ts';
import { addWakeUps } from '../wake-ups.ts';
import type { OpenLine } from './lines.ts';

type Taken = readonly { movement: OpenLine; booking: Booking }[];

/**
 * Reacts to money without an order that moved back. Payouts that this money had paid are returned,
 * and their earnings are owed again. Holds on money that came, and was taken back, end. The caller
 * has locked the seller.
 */
export async function recordMovedBack(tx: Tx, sellerId: SellerId, taken: Taken): Promise<void> {
  const back = taken.filter(
    ({ booking }) => booking.kind === 'booked' && booking.entry.kind === 'foreign',
  );
  const payouts = back.flatMap(({ movement, booking }) => {
    const isBack = booking.kind === 'booked' && booking.cause === 'payout-reversed';
    return isBack && movement.source !== null ? [movement.source] : [];
  });
  await returnPayouts(tx, sellerId, payouts);
  for (const { movement } of back) {
    if (movement.net >= 0 || movement.charge === null) continue;
    const about = await findArrival(tx, sellerId, movement.charge);
    await takeOffHolds(tx, about, { amount: -movement.net, reason, by: 'engine' });
  }
}

const reason = 'The money was taken back from the account';

/** Returns the payouts that these payouts by somebody else had paid, if all of them came back. */
async function returnPayouts(
  tx: Tx,
  sellerId: SellerId,
  sources: readonly string[],
): Promise<void> {
  if (sources.length === 0) return;
  const { rows } = await sql<{ id: PayoutId }>`
    select id from payouts where seller_id = ${sellerId} and status = 'paid-elsewhere'
      and paid_by && ${sources}::text[]
      and not exists (select from movements join claims on movement_id = movements.id
          join ledger_entries on ledger_entries.id = entry_id
        where movements.seller_id = ${sellerId} and ledger_entries.kind = 'foreign'
          and source = any(paid_by)
        group by source having sum(claims.net) < 0)
    order by id
  `.execute(tx);
  for (const { id } of rows) {
    const payout = await readPayout(tx, id);
    const transition = returnedElsewhere(payout, 'at-stripe');
    await moveFreeing(tx, payout, transition);
    await addWakeUps(tx, transition.wakes);
  }
}

/** The discrepancies about the transfer whose arrival at the account has this id, `py_`. */
async function findArrival(tx: Tx, sellerId: SellerId, arrival: string): Promise<DiscrepancyId[]> {
  const { rows } = await sql<{ id: DiscrepancyId }>`
    select discrepancies.id from movements join discrepancies
      on discrepancies.object in (movements.object, movements.id)
    where movements.seller_id = ${sellerId} and source = ${arrival} and net > 0
      and cause in ('transfer-not-ordered', 'payout-unknown')
  `.execute(tx);
  return rows.map(({ id }) => id);
}
