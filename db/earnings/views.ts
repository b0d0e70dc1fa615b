import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { EarningId, PayoutId, SellerId } from '../../domain/ids.ts';
import type { PayoutStatus } from '../../domain/payouts/states.ts';
import type { Db } from '../connect.ts';
import type { Database } from '../schema/index.ts';
import { instant } from '../time.ts';

/** A stored earning, as the API returns it. */
export type EarningRecord = {
  id: EarningId;
  sellerId: SellerId;
  externalId: string | null;
  amount: number;
  currency: string;
  charge: string | null;
  availableOn: string | null;
  description: string | null;
  /** The part of the amount that payouts already contain. */
  allocated: number;
  /** The part of the amount that is held because its charge does not cover it. */
  held: number;
  /** When the earning was withdrawn. Its amount is then 0. */
  withdrawnAt: string | null;
  createdAt: string;
};

/** A payout that contains a part of an earning, or contained it until `releasedAt`. */
export type PayoutOfEarning = {
  payoutId: PayoutId;
  status: PayoutStatus;
  amount: number;
  releasedAt: string | null;
};

/** A correction or the withdrawal of an earning. */
export type EarningChange = {
  at: string;
  by: string;
  reason: string;
  amountBefore: number;
  amountAfter: number;
  chargeBefore: string | null;
  chargeAfter: string | null;
};

/** An earning with its payouts and its changes, newest first. */
export type EarningDetails = EarningRecord & {
  payouts: PayoutOfEarning[];
  changes: EarningChange[];
};

/** The maximum number of payouts and of changes in one earning, more than a person reads. */
const mostShown = 20;

const payouts: RawBuilder<PayoutOfEarning[]> = sql`(
  select coalesce(json_agg(shown), '[]') from (
    select json_build_object('payoutId', payouts.id, 'status', payouts.status,
      'amount', payout_items.amount, 'releasedAt', ${instant('payout_items.released_at')}) as shown
    from payout_items join payouts on payouts.id = payout_id
    where earning_id = earnings.id
    order by payouts.created_at desc, payouts.id desc limit ${mostShown}
  ) as containing)`;

const changed: RawBuilder<EarningChange[]> = sql`(
  select coalesce(json_agg(shown), '[]') from (
    select json_build_object('at', ${instant('change.changed_at')}, 'by', changed_by,
      'reason', reason, 'amountBefore', amount_before, 'amountAfter', amount_after,
      'chargeBefore', charge_before, 'chargeAfter', charge_after) as shown
    from earning_changes as change where earning_id = earnings.id
    order by number desc limit ${mostShown}
  ) as history)`;

/** The earning with this id. */
export async function findEarning(
  db: Db,
  earningId: EarningId,
): Promise<EarningDetails | undefined> {
  const row = await selectDetails(db).where('id', '=', earningId).executeTakeFirst();
  return row && toDetails(row);
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
): Promise<EarningDetails[]> {
  const { externalId, after } = filter;
  const rows = await selectDetails(db)
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
  return rows.map(toDetails);
}

/** Lists the payouts that contain a part of an earning now, newest first. */
export async function listContaining(db: Db, earningId: EarningId): Promise<PayoutOfEarning[]> {
  const found = await findEarning(db, earningId);
  return found?.payouts.filter(({ releasedAt }) => releasedAt === null) ?? [];
}

function selectDetails(db: Db) {
  return db
    .selectFrom('earnings')
    .selectAll()
    .select([payouts.as('payouts'), changed.as('history')]);
}

type DetailsRow = Selectable<Database['earnings']> & {
  payouts: PayoutOfEarning[];
  history: EarningChange[];
};

function toDetails(row: DetailsRow): EarningDetails {
  return { ...toEarning(row), payouts: row.payouts, changes: row.history };
}

/** Converts a row to the earning that callers see. */
export function toEarning(row: Selectable<Database['earnings']>): EarningRecord {
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
    withdrawnAt: row.withdrawn_at,
    createdAt: row.created_at,
  };
}
