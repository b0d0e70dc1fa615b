import { type Selectable, sql } from 'kysely';
import type { SellerRecord } from '../../domain/explanations/facts.ts';
import { newId, type SellerId, sellerWorkflowId } from '../../domain/ids.ts';
import { manualSchedule } from '../../domain/paydays/schedule.ts';
import type { SellerStatus } from '../../domain/sellers.ts';
import type { Db, Tx } from '../connect.ts';
import { lock } from '../locks.ts';
import type { Database } from '../schema/index.ts';
import { addWakeUps } from '../wake-ups.ts';
import { pausesOf } from './pauses.ts';

/** The details of a new seller, as the platform provides them. Contains personal data. */
export type NewSeller = Pick<
  SellerRecord,
  | 'externalId'
  | 'email'
  | 'displayName'
  | 'country'
  | 'currency'
  | 'flow'
  | 'entityType'
  | 'metadata'
>;

/**
 * Creates a seller and wakes its workflow for the first time. If a seller with this externalId or
 * id exists, returns the existing seller and wakes no workflow. The id is given only for a seller
 * that a restore lost.
 */
export async function recordSeller(
  tx: Tx,
  seller: NewSeller & { id?: SellerId | undefined },
): Promise<{ seller: SellerRecord; isNew: boolean }> {
  const row = await tx
    .insertInto('sellers')
    .values({
      id: seller.id ?? newId('sel'),
      external_id: seller.externalId,
      email: seller.email,
      display_name: seller.displayName,
      country: seller.country,
      currency: seller.currency,
      flow: seller.flow,
      entity_type: seller.entityType,
      metadata: JSON.stringify(seller.metadata),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row) {
    await addWakeUps(tx, [{ workflowId: sellerWorkflowId(row.id), topics: ['account'] }]);
    return { seller: toSeller({ ...row, pauses: [] }), isNew: true };
  }
  const standing = await tx
    .selectFrom('sellers')
    .selectAll()
    .select(openPauses)
    .where((is) =>
      is.or([is('external_id', '=', seller.externalId), is('id', '=', seller.id ?? null)]),
    )
    .executeTakeFirstOrThrow();
  return { seller: toSeller(standing), isNew: false };
}

/** The seller with this id. */
export async function findSeller(db: Db, sellerId: SellerId): Promise<SellerRecord | undefined> {
  const row = await db
    .selectFrom('sellers')
    .selectAll()
    .select(openPauses)
    .where('id', '=', sellerId)
    .executeTakeFirst();
  return row && toSeller(row);
}

/**
 * Changes a seller's externalId, display name or metadata. New metadata replaces all existing
 * metadata.
 */
export async function updateSeller(
  tx: Tx,
  sellerId: SellerId,
  change: {
    externalId?: string | undefined;
    displayName?: string | null | undefined;
    metadata?: object | undefined;
  },
): Promise<void> {
  const { externalId, displayName, metadata } = change;
  if (externalId === undefined && displayName === undefined && metadata === undefined) return;
  await tx
    .updateTable('sellers')
    .set({
      ...(externalId !== undefined && { external_id: externalId }),
      ...(displayName !== undefined && { display_name: displayName }),
      ...(metadata !== undefined && { metadata: JSON.stringify(metadata) }),
    })
    .where('id', '=', sellerId)
    .execute();
}

/** Finds a seller, and prevents its closing until the transaction ends. */
export async function findSellerToUse(
  tx: Tx,
  sellerId: SellerId,
): Promise<SellerRecord | undefined> {
  const row = await tx
    .selectFrom('sellers')
    .selectAll()
    .select(openPauses)
    .where('id', '=', sellerId)
    .modifyEnd(lock('sellers', 'to-refer'))
    .executeTakeFirst();
  return row && toSeller(row);
}

/** Lists sellers, newest first. Returns one more than the limit if there are more. */
export async function listSellers(
  db: Db,
  filter: {
    externalId?: string | undefined;
    email?: string | undefined;
    /** Words of the display name. The last one may be incomplete. */
    name?: string | undefined;
    status?: SellerStatus | undefined;
    country?: string | undefined;
    after?: SellerId | undefined;
    limit: number;
  },
): Promise<SellerRecord[]> {
  const { externalId, email, name, status, country, after } = filter;
  const rows = await db
    .selectFrom('sellers')
    .selectAll()
    .select(openPauses)
    .$if(externalId !== undefined, (query) => query.where('external_id', '=', externalId ?? ''))
    .$if(email !== undefined, (query) => query.where(isOfEmail(email ?? '')))
    .$if(name !== undefined, (query) => query.where(isNamed(name ?? '')))
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'closed'))
    .$if(country !== undefined, (query) => query.where('country', '=', country ?? ''))
    .$if(after !== undefined, (query) =>
      query.where(
        sql<boolean>`(created_at, id) < (select created_at, id from sellers where id = ${after})`,
      ),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  return rows.map(toSeller);
}

/** True for sellers with this email address. The index sellers_of_email serves the search. */
function isOfEmail(email: string) {
  return sql<boolean>`lower(email) = lower(${email})`;
}

/**
 * True for sellers whose display name has all of these words, the last of which may be incomplete.
 * A name without letters and digits finds nobody. The index sellers_of_name serves the search.
 */
function isNamed(name: string) {
  return sql<boolean>`to_tsvector('simple', coalesce(display_name, '')) @@
    (nullif(plainto_tsquery('simple', ${name})::text, '') || ':*')::tsquery`;
}

const openPauses = pausesOf(sql.ref('sellers.id')).as('pauses');

function toSeller(
  row: Selectable<Database['sellers']> & Pick<SellerRecord, 'pauses'>,
): SellerRecord {
  return {
    id: row.id,
    externalId: row.external_id,
    status: row.status,
    email: row.email,
    displayName: row.display_name,
    country: row.country,
    currency: row.currency,
    flow: row.flow,
    entityType: row.entity_type,
    metadata: row.metadata as Record<string, string>,
    stripeAccount: row.stripe_account,
    transfersCapability: row.transfers_capability,
    payoutsCapability: row.payouts_capability,
    capabilityDetails: row.capability_details,
    accountReadAt: row.account_read_at,
    payoutsManualAt: row.payouts_manual_at,
    schedule: row.schedule ?? manualSchedule,
    nextPayoutAt: row.next_payout_at,
    lookAgainAt: row.look_again_at,
    parked: row.parked,
    pauses: row.pauses,
    closed: orderOf(row.closed_at, row.closed_by, row.close_reason),
    reopened: orderOf(row.reopened_at, row.reopened_by, row.reopen_reason),
    createdAt: row.created_at,
  };
}

function orderOf(since: string | null, by: string | null, reason: string | null) {
  return since === null || by === null || reason === null ? null : { since, by, reason };
}
