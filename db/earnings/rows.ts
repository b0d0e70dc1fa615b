import { type EarningId, newId, type SellerId } from '../../domain/ids.ts';
import { earned } from '../../domain/ledger.ts';
import { minor } from '../../domain/money.ts';
import type { Db, Tx } from '../connect.ts';
import { recordEntries } from '../ledger.ts';
import { businessNow } from '../time.ts';
import { allocate, lockUnexplained } from './allocations.ts';
import { type EarningRecord, toEarning } from './views.ts';

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

/**
 * The result of recording one earning. `isNew` is false if the earning existed before. `posted` is
 * how the platform posted it: a later correction changes the earning, and not what was posted.
 */
export type RecordedEarning = { earning: EarningRecord; isNew: boolean; posted: Posted };

type Posted = Pick<EarningRecord, 'amount' | 'charge'>;

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
  return asked.map((posted) => {
    const { id, externalId } = posted;
    const earning = made.get(id);
    if (earning) return { earning, isNew: true, posted };
    const found = standing.get(externalId);
    if (!found) throw new Error(`earning neither inserted nor found: ${id}`);
    return { ...found, isNew: false };
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
  return recorded.map(({ earning, ...rest }) => {
    return { earning: now.get(earning.id) ?? earning, ...rest };
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
  type Found = { earning: EarningRecord; posted: Posted };
  if (names.length === 0) return new Map<string | null, Found>();
  const rows = await tx
    .selectFrom('earnings')
    .leftJoin('earning_changes as first', (join) =>
      join.onRef('first.earning_id', '=', 'earnings.id').on('first.number', '=', 1),
    )
    .selectAll('earnings')
    .select(['first.amount_before', 'first.charge_before'])
    .where('seller_id', '=', sellerId)
    .where('external_id', 'in', names)
    .execute();
  return new Map<string | null, Found>(
    rows.map((row) => {
      const { amount, charge, amount_before: before } = row;
      const posted =
        before === null ? { amount, charge } : { amount: before, charge: row.charge_before };
      return [row.external_id, { earning: toEarning(row), posted }];
    }),
  );
}

/** Finds which of these charges an earning of the seller names already. */
export async function findNamedCharges(
  db: Db,
  sellerId: SellerId,
  charges: readonly string[],
): Promise<string[]> {
  const rows = await db
    .selectFrom('earnings')
    .select('brought_by')
    .distinct()
    .where('seller_id', '=', sellerId)
    .where('brought_by', 'in', charges)
    .execute();
  return rows.flatMap(({ brought_by }) => brought_by ?? []);
}
