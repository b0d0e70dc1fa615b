import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Hold, HoldReasonCode, HoldRecord, HoldSource, Stop } from '../domain/holds.ts';
import {
  type DiscrepancyId,
  type EarningId,
  type HoldId,
  newId,
  payoutWorkflowId,
  type SellerId,
  type SellerNames,
  sellerWorkflowId,
} from '../domain/ids.ts';
import { waitNames } from '../domain/waits.ts';
import { nameOfKey } from './api-keys.ts';
import type { Db, Tx } from './connect.ts';
import { isActive, keptBy } from './funds.ts';
import { lockSeller, lockSellerOf } from './locks.ts';
import { lookAtExpiry, lookForThreshold } from './paydays/thresholds.ts';
import type { Database } from './schema/index.ts';
import { sellerNamesOf } from './schema/seller-names.ts';
import { isInFlight } from './schema/statuses.ts';
import { businessNow, instant } from './time.ts';
import { addWakeUps } from './wake-ups.ts';

/** A hold to place. The reason is free text and never leaves the database and the API. */
export type NewHold = Hold & {
  sellerId: SellerId;
  source: HoldSource;
  /** `other` by default. */
  reasonCode?: HoldReasonCode;
  reason: string;
  /** The discrepancy that the hold is about, so that code can find the hold again. */
  about?: DiscrepancyId | null;
  /** The earning whose money is held. The hold counts once the earning is payable. */
  earningId?: EarningId | null;
};

/**
 * Places a hold. The lock on the seller makes the hold take effect entirely before or entirely
 * after a reservation. The next try of a payout that has reserved money sees the hold (`brakeOn`).
 */
export async function placeHold(tx: Tx, hold: NewHold, by: string): Promise<HoldRecord> {
  const { sellerId, source, reason, reasonCode, currency, amount, expiresAt } = hold;
  const { schedule } = await lockSeller(tx, sellerId);
  const row = await tx
    .insertInto('holds')
    .values({
      id: newId('hold'),
      seller_id: sellerId,
      source,
      ...(reasonCode && { reason_code: reasonCode }),
      reason,
      about: hold.about ?? null,
      earning_id: hold.earningId ?? null,
      currency,
      amount,
      placed_by: by,
      release_rule: expiresAt === null ? 'manual' : 'expiry',
      expires_at: expiresAt,
    })
    .returningAll()
    .returning([isActive.as('active'), keptBy.as('kept_by'), sellerNames.as('seller')])
    .executeTakeFirstOrThrow();
  await lookAtExpiry(tx, sellerId, { schedule, expiresAt });
  await addWakeUps(tx, [{ workflowId: sellerWorkflowId(sellerId), topics: ['payouts'] }]);
  return toHold(row);
}

/**
 * Releases one hold and wakes the seller's waiting payouts. Every other hold remains. Returns
 * undefined if the hold was released before or has expired.
 */
export async function releaseHold(
  tx: Tx,
  { holdId, reason, by }: { holdId: HoldId; reason: string; by: string },
): Promise<HoldRecord | undefined> {
  const seller = await lockSellerOf(tx, { holds: holdId });
  // The release changes the earning of the hold, so the payouts are locked first. A payout that
  // another hold stops waits again at its next step.
  const waiting = await tx
    .updateTable('payouts')
    .set({ waiting_for: null, look_again_at: null })
    .where(
      'seller_id',
      '=',
      sql<SellerId>`(select seller_id from holds where id = ${holdId} and ${isActive})`,
    )
    .where(isInFlight())
    .where('waiting_for', '=', waitNames.hold)
    .returning('id')
    .execute();
  const row = await tx
    .updateTable('holds')
    .set({ released_at: businessNow, released_by: by, release_reason: reason })
    .where('id', '=', holdId)
    .where(isActive)
    .returningAll()
    .returning([isActive.as('active'), keptBy.as('kept_by'), sellerNames.as('seller')])
    .executeTakeFirst();
  if (!row || !seller) return undefined;
  await lookForThreshold(tx, row.seller_id, seller.schedule);
  const requested = await tx
    .selectFrom('payouts')
    .select('id')
    .where('seller_id', '=', row.seller_id)
    .where('status', '=', 'requested')
    .where('waiting_for', '=', waitNames.hold)
    .execute();
  await addWakeUps(tx, [
    { workflowId: sellerWorkflowId(row.seller_id), topics: ['payouts'] },
    ...[...waiting, ...requested].map(({ id }) => {
      return { workflowId: payoutWorkflowId(id), topics: ['payouts' as const] };
    }),
  ]);
  return toHold(row);
}

/**
 * Takes an amount off the holds about these discrepancies, oldest first, because their money has
 * left. A hold never changes, so the rest of the last hold becomes another hold.
 */
export async function takeOffHolds(
  tx: Tx,
  about: readonly DiscrepancyId[],
  taken: { amount: number; reason: string; by: string },
): Promise<void> {
  if (about.length === 0) return;
  const holds = await selectHolds(tx)
    .where('about', 'in', about)
    .where('amount', 'is not', null)
    .where(isActive)
    .orderBy('placed_at')
    .orderBy('id')
    .execute();
  let { amount: left } = taken;
  for (const row of holds) {
    if (left <= 0) return;
    await releaseHold(tx, { ...taken, holdId: row.id });
    const rest = (row.amount ?? 0) - left;
    left = Math.max(0, -rest);
    if (rest <= 0) continue;
    const { about, reason } = row;
    await placeHold(tx, { ...toHold(row), about, reason, amount: rest }, row.placed_by);
  }
}

/** The hold with this id. */
export async function findHold(db: Db, holdId: HoldId): Promise<HoldRecord | undefined> {
  const row = await selectHolds(db).where('id', '=', holdId).executeTakeFirst();
  return row && toHold(row);
}

/** Lists holds, newest first. Returns one more than the limit if there are more. */
export async function listHolds(
  db: Db,
  filter: {
    sellerId?: SellerId | undefined;
    source?: HoldSource | undefined;
    active?: boolean | undefined;
    after?: HoldId | undefined;
    limit: number;
  },
): Promise<HoldRecord[]> {
  const { sellerId, source, active, after } = filter;
  let query = selectHolds(db);
  if (sellerId) query = query.where('seller_id', '=', sellerId);
  if (source) query = query.where('source', '=', source);
  if (active !== undefined)
    query = query.where(active ? isActive : sql<boolean>`not (${isActive})`);
  if (after) {
    query = query.where(
      sql<boolean>`(placed_at, id) < (select placed_at, id from holds where id = ${after})`,
    );
  }
  const rows = await query
    .orderBy('placed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  return rows.map(toHold);
}

/**
 * The maximum number of pauses and of holds among a seller's stops, more than a person reads. The
 * first hold to expire is always among them.
 */
const mostTold = 20;

/**
 * The pauses and the holds that stop a seller's payouts, as one value of a query. `sellerId` is the
 * seller's id in SQL.
 */
export function stopsOf(sellerId: RawBuilder<unknown>) {
  return sql<Stop[]>`(select coalesce(json_agg(stop), '[]') from (
    (select json_build_object('kind', 'pause', 'pauseId', pauses.id, 
        'by', ${nameOfKey('pauses.paused_by')},
        'since', ${instant('pauses.paused_at')}) as stop
      from seller_pauses as pauses where pauses.seller_id = ${sellerId} and pauses.lifted_at is null
      order by pauses.paused_at, pauses.id limit ${mostTold}
    ) union all (
      select json_build_object('kind', 'hold', 'holdId', holds.id, 'source', holds.source,
        'reasonCode', holds.reason_code, 'currency', holds.currency, 'amount', holds.amount,
        'by', ${nameOfKey('holds.placed_by')}, 'keptBy', ${keptBy},
        'expiresAt', ${instant('holds.expires_at')}, 'since', ${instant('holds.placed_at')})
      from holds where holds.seller_id = ${sellerId} and ${isActive}
      order by holds.expires_at nulls last, holds.placed_at limit ${mostTold}
    )
  ) as stops)`;
}

function selectHolds(db: Db) {
  return db
    .selectFrom('holds')
    .selectAll()
    .select([isActive.as('active'), keptBy.as('kept_by'), sellerNames.as('seller')]);
}

const sellerNames = sellerNamesOf(sql.ref('holds.seller_id'));

type HoldRow = Selectable<Database['holds']> & {
  active: boolean;
  kept_by: DiscrepancyId | null;
  seller: SellerNames;
};

function toHold(row: HoldRow): HoldRecord {
  const ended = row.released_at === null ? ('expired' as const) : ('released' as const);
  return {
    id: row.id,
    sellerId: row.seller_id,
    seller: row.seller,
    state: row.active ? ('active' as const) : ended,
    source: row.source,
    reasonCode: row.reason_code,
    reason: row.reason,
    earningId: row.earning_id,
    keptBy: row.kept_by,
    currency: row.currency,
    amount: row.amount,
    placedAt: row.placed_at,
    placedBy: row.placed_by,
    releaseRule: row.release_rule,
    expiresAt: row.expires_at,
    releasedAt: row.released_at,
    releasedBy: row.released_by,
    releaseReason: row.release_reason,
  };
}
