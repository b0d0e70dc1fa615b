import { type Selectable, sql } from 'kysely';
import {
  type DiscrepancyId,
  newId,
  type PayoutId,
  payoutWorkflowId,
  type SellerId,
  type SellerNames,
} from '../../domain/ids.ts';
import type {
  Cause,
  DiscrepancyRecord,
  Outcome,
} from '../../domain/reconciliation/discrepancies.ts';
import { waitNames } from '../../domain/waits.ts';
import type { Db, Tx } from '../connect.ts';
import type { Database } from '../schema/index.ts';
import { sellerNamesOf } from '../schema/seller-names.ts';
import { businessNow } from '../time.ts';
import { addWakeUps, wakeSeller } from '../wake-ups.ts';

/** A difference as found: what each side has, if anything. */
export type Difference = {
  cause: Cause;
  /**
   * What the difference is about. Each cause is opened once per object, and never again for the
   * same line.
   */
  object: string;
  sellerId: SellerId | null;
  payoutId?: PayoutId | null;
  atStripe?: { movementId: string | null; object: string | null; net: number; currency: string };
  inLedger?: { entryId: number | null; net: number; currency: string };
};

/**
 * Opens discrepancies that are not open yet. A discrepancy that a person closed stays closed. A
 * later line of the same object opens another discrepancy, which is named after the line.
 */
export async function openDiscrepancies(tx: Tx, found: readonly Difference[]): Promise<void> {
  if (found.length === 0) return;
  const given = JSON.stringify(
    found.map(({ cause, object, sellerId, payoutId, atStripe, inLedger }) => ({
      id: newId('disc'),
      cause,
      object,
      seller_id: sellerId,
      payout_id: payoutId ?? null,
      movement_id: atStripe?.movementId ?? null,
      stripe_id: atStripe?.object ?? null,
      at_stripe: atStripe?.net ?? null,
      stripe_currency: atStripe?.currency ?? null,
      entry_id: inLedger?.entryId ?? null,
      in_ledger: inLedger?.net ?? null,
      ledger_currency: inLedger?.currency ?? null,
    })),
  );
  await sql`
    insert into discrepancies (id, cause, object, seller_id, payout_id, movement_id, stripe_id,
      at_stripe, stripe_currency, entry_id, in_ledger, ledger_currency)
    select distinct on (cause, 3) id, cause, case when cause = 'payout-unknown' or not exists (
        select from discrepancies closed where closed.cause = given.cause
          and closed.object = given.object and closed_at is not null
          and closed.movement_id <> given.movement_id) then object else movement_id end,
      seller_id, payout_id, movement_id, stripe_id, at_stripe, stripe_currency, entry_id, in_ledger,
      ledger_currency
    from jsonb_to_recordset(${given}::jsonb) as given(id text, cause text, object text,
      seller_id text, payout_id text, movement_id text, stripe_id text, at_stripe bigint,
      stripe_currency text, entry_id bigint, in_ledger bigint, ledger_currency text)
    on conflict (cause, object) do update set seller_id = excluded.seller_id
      where discrepancies.seller_id is null and excluded.seller_id is not null
        and discrepancies.closed_at is null
  `.execute(tx);
}

/** Finds the discrepancy about a difference: by its line, otherwise by its object. */
export async function findDiscrepancyOver(
  tx: Tx,
  { cause, object, atStripe }: Difference,
): Promise<DiscrepancyId | null> {
  const line = atStripe?.movementId ?? null;
  const row = await tx
    .selectFrom('discrepancies')
    .select('id')
    .where('cause', '=', cause)
    .where('object', 'in', [object, line ?? object])
    .orderBy(sql`movement_id is not distinct from ${line}`, 'desc')
    .orderBy(sql`closed_at is null`, 'desc')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Who closes a discrepancy, why, and what its money was for. */
export type Closing = {
  id: DiscrepancyId;
  reason: string;
  by: string;
  outcome?: Outcome | null;
};

/**
 * Closes a discrepancy with a person's reason, and with an outcome if its cause asks for one.
 * Returns undefined if it was closed before.
 */
export async function closeDiscrepancy(
  tx: Tx,
  { id, reason, by, outcome = null }: Closing,
): Promise<DiscrepancyRecord | undefined> {
  const row = await tx
    .updateTable('discrepancies')
    .set({ closed_at: businessNow, closed_by: by, close_reason: reason, outcome })
    .where('id', '=', id)
    .where('closed_at', 'is', null)
    .returningAll()
    .returning(namesOfSeller)
    .executeTakeFirst();
  return row && toRecord(row);
}

/** Wakes the seller, and its payouts that wait until a person says what money was for. */
export async function wakeWaiting(tx: Tx, sellerId: SellerId): Promise<void> {
  const waiting = await tx
    .selectFrom('payouts')
    .select('id')
    .where('seller_id', '=', sellerId)
    .where('waiting_for', '=', waitNames.unorderedMoney)
    .execute();
  await wakeSeller(tx, sellerId);
  await addWakeUps(
    tx,
    waiting.map(({ id }) => ({ workflowId: payoutWorkflowId(id), topics: ['payouts' as const] })),
  );
}

/** The discrepancy with this id. */
export async function findDiscrepancy(
  db: Db,
  id: DiscrepancyId,
): Promise<DiscrepancyRecord | undefined> {
  const row = await db
    .selectFrom('discrepancies')
    .selectAll()
    .select(namesOfSeller)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toRecord(row);
}

/** Discrepancies, newest first, one more than the limit if there are more. */
export async function listDiscrepancies(
  db: Db,
  filter: {
    sellerId?: SellerId | undefined;
    cause?: Cause | undefined;
    currency?: string | undefined;
    open?: boolean | undefined;
    after?: DiscrepancyId | undefined;
    limit: number;
  },
): Promise<DiscrepancyRecord[]> {
  const { sellerId, cause, currency, open, after } = filter;
  let query = db.selectFrom('discrepancies').selectAll().select(namesOfSeller);
  if (sellerId) query = query.where('seller_id', '=', sellerId);
  if (cause) query = query.where('cause', '=', cause);
  if (currency) {
    query = query.where((is) =>
      is.or([is('stripe_currency', '=', currency), is('ledger_currency', '=', currency)]),
    );
  }
  if (open !== undefined) query = query.where('closed_at', open ? 'is' : 'is not', null);
  if (after) {
    query = query.where(
      sql<boolean>`(opened_at, id) < (select opened_at, id from discrepancies where id = ${after})`,
    );
  }
  const rows = await query
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  return rows.map(toRecord);
}

const namesOfSeller = sellerNamesOf(sql.ref('discrepancies.seller_id')).as('seller');

type Row = Selectable<Database['discrepancies']> & { seller: SellerNames | null };

function toRecord(row: Row): DiscrepancyRecord {
  return {
    id: row.id,
    cause: row.cause,
    object: row.object,
    sellerId: row.seller_id,
    seller: row.seller,
    payoutId: row.payout_id,
    movementId: row.movement_id,
    stripeId: row.stripe_id,
    atStripe: row.at_stripe,
    stripeCurrency: row.stripe_currency,
    entryId: row.entry_id,
    inLedger: row.in_ledger,
    ledgerCurrency: row.ledger_currency,
    openedAt: row.opened_at,
    agreesSince: row.agrees_since,
    closedAt: row.closed_at,
    closedBy: row.closed_by,
    closeReason: row.close_reason,
    outcome: row.outcome,
  };
}
