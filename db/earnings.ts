import { sql, type Selectable } from 'kysely';
import { newId, type EarningId, type SellerId } from '../domain/ids.ts';
import { earned } from '../domain/ledger.ts';
import { minor } from '../domain/money.ts';
import type { Db, Tx } from './connect.ts';
import { recordEntries } from './ledger.ts';
import { businessNow } from './payouts.ts';
import type { Database } from './schema.ts';

/** What the platform says that it owes a seller. */
export type NewEarning = {
  sellerId: SellerId;
  externalId: string | null;
  amount: number;
  currency: string;
  charge: string | null;
  /** Null with a charge waits for what the charge says; null without one means at once. */
  availableOn: string | null;
  description: string | null;
};

/** An earning as the platform sees it. */
export type EarningRecord = NewEarning & {
  id: EarningId;
  /** How much of it payouts carry already. */
  allocated: number;
  createdAt: string;
};

/**
 * Writes an earning and its ledger entry. Where the seller's externalId stands already, answers
 * with that earning and posts nothing.
 */
export async function recordEarning(
  tx: Tx,
  earning: NewEarning,
): Promise<{ earning: EarningRecord; isNew: boolean }> {
  const atOnce = earning.charge === null && earning.availableOn === null;
  const row = await tx
    .insertInto('earnings')
    .values({
      id: newId('earn'),
      seller_id: earning.sellerId,
      external_id: earning.externalId,
      amount: earning.amount,
      currency: earning.currency,
      charge: earning.charge,
      available_on: atOnce ? businessNow : earning.availableOn,
      description: earning.description,
    })
    .onConflict((conflict) => conflict.columns(['seller_id', 'external_id']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row) {
    const amount = minor(row.amount);
    const { sellerId, currency } = earning;
    await recordEntries(tx, [earned({ earningId: row.id, sellerId, currency, amount })]);
    return { earning: toEarning(row), isNew: true };
  }
  const standing = await tx
    .selectFrom('earnings')
    .selectAll()
    .where('seller_id', '=', earning.sellerId)
    .where('external_id', '=', earning.externalId)
    .executeTakeFirstOrThrow();
  return { earning: toEarning(standing), isNew: false };
}

/** A seller's earnings, newest first, one more than the limit where there are more. */
export async function listEarnings(
  db: Db,
  filter: {
    sellerId: SellerId;
    externalId?: string | undefined;
    after?: EarningId | undefined;
    limit: number;
  },
): Promise<EarningRecord[]> {
  const { externalId, after } = filter;
  const rows = await db
    .selectFrom('earnings')
    .selectAll()
    .where('seller_id', '=', filter.sellerId)
    .$if(externalId !== undefined, (query) => query.where('external_id', '=', externalId ?? ''))
    .$if(after !== undefined, (query) =>
      query.where(
        sql<boolean>`(created_at, id) < (select created_at, id from earnings where id = ${after})`,
      ),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  return rows.map(toEarning);
}

function toEarning(row: Selectable<Database['earnings']>): EarningRecord {
  return {
    id: row.id,
    sellerId: row.seller_id,
    externalId: row.external_id,
    amount: row.amount,
    currency: row.currency,
    charge: row.charge,
    availableOn: row.available_on,
    description: row.description,
    allocated: row.allocated,
    createdAt: row.created_at,
  };
}
