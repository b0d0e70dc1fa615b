import { sql } from 'kysely';
import { type SellerId, sellerWorkflowId } from '../../domain/ids.ts';
import { parkNames } from '../../domain/parking/reasons.ts';
import {
  mayClose,
  mostOpenThings,
  type OpenCounts,
  type OpenThings,
  statusOf,
} from '../../domain/sellers.ts';
import type { Tx } from '../connect.ts';
import { isActive, keptBy } from '../funds.ts';
import { lock, lockSellerAlone } from '../locks.ts';
import { isBeforeBank, isUnsettled, isWatched } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';
import { addWakeUps } from '../wake-ups.ts';

/**
 * A command about a seller, with its caller and its reason. The reason is free text: only the
 * database stores it, and only the API shows it.
 */
export type SellerCommand = { sellerId: SellerId; reason: string; by: string };

/** What keeps a seller from being closed: the first of each kind, and how many there are. */
export type StillOpen = OpenThings & { counts: OpenCounts };

/**
 * Closes the seller, or closes nothing and returns what is still open. The lock prevents new rows
 * that refer to the seller, so nothing opens between the check and the closing.
 */
export async function closeSeller(
  tx: Tx,
  { sellerId, reason, by }: SellerCommand,
): Promise<StillOpen | 'closed'> {
  await lockSellerAlone(tx, sellerId);
  const open = await readOpenThings(tx, sellerId);
  if (!mayClose(open)) return open;
  await tx
    .updateTable('sellers')
    .set({ status: 'closed', closed_at: businessNow, closed_by: by, close_reason: reason })
    .where('id', '=', sellerId)
    .where('status', '<>', 'closed')
    .execute();
  await addWakeUps(tx, [{ workflowId: sellerWorkflowId(sellerId), topics: ['payouts'] }]);
  return 'closed';
}

/**
 * Reopens a closed seller. The new status is calculated from the stored state of the account. The
 * workflow then reads the account again before any other step.
 */
export async function reopenSeller(tx: Tx, { sellerId, reason, by }: SellerCommand): Promise<void> {
  const row = await tx
    .selectFrom('sellers')
    .select(['status', 'transfers_capability', 'payouts_capability', 'payouts_manual_at'])
    .where('id', '=', sellerId)
    .modifyEnd(lock('sellers', 'alone'))
    .executeTakeFirstOrThrow();
  if (row.status !== 'closed') return;
  const status = statusOf({
    status: 'onboarding',
    canReceiveTransfers: row.transfers_capability === 'active',
    canPayOut: row.payouts_capability === 'active',
    payoutsAreManual: row.payouts_manual_at !== null,
  });
  await tx
    .updateTable('sellers')
    .set({
      status,
      closed_at: null,
      closed_by: null,
      close_reason: null,
      reopened_at: businessNow,
      reopened_by: by,
      reopen_reason: reason,
      parked: sql`nullif(nullif(parked, ${sql.lit(parkNames.returnedAfterClose)}),
        ${sql.lit(parkNames.moneyAfterClose)})`,
    })
    .where('id', '=', sellerId)
    .execute();
  await addWakeUps(tx, [
    { workflowId: sellerWorkflowId(sellerId), topics: ['account', 'reopened'] },
  ]);
}

async function readOpenThings(tx: Tx, sellerId: SellerId): Promise<StillOpen> {
  const payouts = sql`payouts where seller_id = ${sellerId} and ${isBeforeBank()}`;
  const watches = sql`payouts where seller_id = ${sellerId} and ${isWatched()}`;
  const holds = sql`holds where seller_id = ${sellerId} and ${isActive}`;
  const earnings = sql`earnings where seller_id = ${sellerId} and place = 'platform'
    and allocated < amount`;
  const { rows } = await sql<StillOpen>`
    select
      (select coalesce(json_agg(json_build_object('place', place, 'currency', currency,
          'amount', amount) order by currency, place), '[]') from balances
        where seller_id = ${sellerId} and amount <> 0
          and ${isUnsettled}) as money,
      array(select id from ${payouts} order by id limit ${mostOpenThings}) as payouts,
      array(select id from ${watches} order by id limit ${mostOpenThings}) as watches,
      array(select id from ${holds} order by id limit ${mostOpenThings}) as holds,
      (select coalesce(json_agg(json_build_object('id', id, 'keptBy', ${keptBy}) order by id), '[]')
        from (select id, about from ${holds} order by id limit ${mostOpenThings}) as holds
        where ${keptBy} is not null) as "keptHolds",
      array(select id from ${earnings} order by created_at, id limit ${mostOpenThings}) as earnings,
      json_build_object('payouts', (select count(*) from ${payouts}),
        'watches', (select count(*) from ${watches}), 'holds', (select count(*) from ${holds}),
        'earnings', (select count(*) from ${earnings})) as counts
  `.execute(tx);
  const [row] = rows;
  if (!row) throw new Error('a query without from has one row');
  return row;
}
