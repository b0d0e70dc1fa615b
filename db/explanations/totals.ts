import { sql } from 'kysely';
import type { PayoutTotals, SellerTotals } from '../../domain/explanations/facts.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { isDecisionAbout } from '../commands.ts';
import type { Db } from '../connect.ts';
import { isActive } from '../funds.ts';
import { isOpen } from '../schema/statuses.ts';

/** Counts the facts about a payout, of which an answer shows only some. */
export async function readPayoutTotals(
  db: Db,
  payoutId: PayoutId,
): Promise<PayoutTotals & { earnings: number }> {
  return one(
    await sql<PayoutTotals & { earnings: number }>`select
      (select count(*)::int from payout_items where payout_id = ${payoutId}) as earnings,
      (select count(*)::int from attempts where object_id = ${payoutId}) as attempts,
      (select count(*)::int from commands where object_id = ${payoutId}) as decisions,
      (select count(*)::int from ledger_entries where payout_id = ${payoutId}) as entries,
      (select count(*)::int from events where object_id = ${payoutId}
        and type = 'payout.waiting') as "pastWaits"
    `.execute(db),
  );
}

/** Counts the facts about a seller, of which an answer shows only some. */
export async function readSellerTotals(db: Db, sellerId: SellerId): Promise<SellerTotals> {
  return one(
    await sql<SellerTotals>`select
      (select count(*)::int from payouts where seller_id = ${sellerId} and ${isOpen()}) as payouts,
      (select count(*)::int from holds where seller_id = ${sellerId} and ${isActive}) as holds,
      (select count(*)::int from discrepancies
        where seller_id = ${sellerId} and closed_at is null) as differences,
      (select count(*)::int from attempts where object_id = ${sellerId}) as attempts,
      (select count(*)::int from commands where ${isDecisionAbout(sellerId)}) as decisions,
      (select count(*)::int from (select from earnings where seller_id = ${sellerId}
        and allocated + held < amount
        and (available_on is null or available_on > business_now())
        group by available_on, currency) as dates) as "becomesPayable"
    `.execute(db),
  );
}

function one<Row>({ rows }: { rows: Row[] }): Row {
  const [row] = rows;
  if (!row) throw new Error('counts have one row');
  return row;
}
