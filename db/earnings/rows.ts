import { type Selectable, sql } from 'kysely';
import { type EarningId, newId, type SellerId } from '../../domain/ids.ts';
import { earned } from '../../domain/ledger.ts';
import { minor } from '../../domain/money.ts';
import type { Db, Tx } from '../connect.ts';
import { recordEntries } from '../ledger.ts';
import type { Database } from '../schema/index.ts';
import { businessNow } from '../time.ts';
import { allocate, lockUnexplained } from './allocations.ts';

/** An amount that the platform owes a seller, as the platform posts it. */
export type NewEarning = {
  externalId: string | null;
  amount: number;
  currency: string;
  charge: string | null;
  /**
   * If null, the date is read from the charge later. Without a charge, the earning is available
   * immediately.
   */
  availableOn: string | null;
  description: string | null;
};

/** A stored earning, as the API returns it. */
export type EarningRecord = NewEarning & {
  id: EarningId;
  sellerId: SellerId;
  /** The part of the amount that payouts already contain. */
  allocated: number;
  /** The part of the amount that is held because its charge does not cover it. */
  held: number;
  createdAt: string;
};

/** The result of recording one earning. `isNew` is false if the earning existed before. */
export type RecordedEarning = { earning: EarningRecord; isNew: boolean };

/**
 * Records earnings of one seller with their ledger entries. Returns them in the requested order. If
 * an externalId exists, returns the existing earning and posts nothing. Earnings that are posted
 * again after a restore are allocated to the adopted payout that already paid them.
 */
export async function recordEarnings(
  tx: Tx,
  sellerId: SellerId,
  earnings: readonly NewEarning[],
): Promise<RecordedEarning[]> {
  const asked = earnings.map((earning) => ({ ...earning, id: newId('earn') }));
  const unexplained = await lockUnexplained(tx, sellerId);
  const inserted = await tx
    .insertInto('earnings')
    .values(asked.map((earning) => ({ ...toColumns(earning), seller_id: sellerId })))
    .onConflict((conflict) => conflict.columns(['seller_id', 'external_id']).doNothing())
    .returningAll()
    .execute();
  await recordEntries(
    tx,
    inserted.map(({ id: earningId, currency, amount }) =>
      earned({ earningId, sellerId, currency, amount: minor(amount) }),
    ),
  );
  await allocate(tx, unexplained);
  const rows = unexplained.length > 0 ? await readAgain(tx, inserted) : inserted;
  const made = new Map(rows.map((row) => [row.id, toEarning(row)]));
  const names = asked.flatMap(({ id, externalId }) => (made.has(id) ? [] : (externalId ?? [])));
  const standing = await findByExternalIds(tx, sellerId, names);
  return asked.map(({ id, externalId }) => {
    const earning = made.get(id) ?? standing.get(externalId);
    if (!earning) throw new Error(`earning neither inserted nor found: ${id}`);
    return { earning, isNew: made.has(id) };
  });
}

/** The same earnings as they are stored now. */
export async function rereadEarnings(
  tx: Tx,
  recorded: readonly RecordedEarning[],
): Promise<RecordedEarning[]> {
  const rows = await readAgain(
    tx,
    recorded.map(({ earning }) => earning),
  );
  const now = new Map(rows.map((row) => [row.id, toEarning(row)]));
  return recorded.map(({ earning, isNew }) => {
    return { earning: now.get(earning.id) ?? earning, isNew };
  });
}

async function readAgain(tx: Tx, inserted: readonly { id: EarningId }[]) {
  const ids = inserted.map(({ id }) => id);
  if (ids.length === 0) return [];
  return tx.selectFrom('earnings').selectAll().where('id', 'in', ids).execute();
}

function toColumns(earning: NewEarning & { id: EarningId }) {
  const { id, amount, currency, charge, description } = earning;
  const atOnce = charge === null && earning.availableOn === null;
  const available_on = atOnce ? businessNow : earning.availableOn;
  return {
    id,
    external_id: earning.externalId,
    amount,
    currency,
    charge,
    brought_by: charge,
    available_on,
    description,
  };
}

async function findByExternalIds(tx: Tx, sellerId: SellerId, names: readonly string[]) {
  if (names.length === 0) return new Map<string | null, EarningRecord>();
  const rows = await tx
    .selectFrom('earnings')
    .selectAll()
    .where('seller_id', '=', sellerId)
    .where('external_id', 'in', names)
    .execute();
  return new Map(rows.map((row) => [row.external_id, toEarning(row)]));
}

/** Lists a seller's earnings, newest first. Returns one more than the limit if there are more. */
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
    held: row.held,
    createdAt: row.created_at,
  };
}
