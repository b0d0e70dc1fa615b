import { sql } from 'kysely';
import { chargeDoubt, longestChargeDays } from '../../../domain/earnings/unread-charges.ts';
import type { EarningId, SellerId } from '../../../domain/ids.ts';
import { earningWaitCauses } from '../../../domain/reconciliation/discrepancies.ts';
import type { Db, Tx } from '../../connect.ts';
import { lockSellerOf } from '../../locks.ts';
import { transact } from '../../wake-ups.ts';
import { openDiscrepancies } from '../discrepancies.ts';

/** The most earnings that one pass reports, so that the pass stays short. */
const mostAPass = 100;

/**
 * Reports an earning whose charge Stripe does not have, once the charge would certainly be there.
 * Returns true if a person was told now.
 */
export async function recordMissingCharge(db: Db, earningId: EarningId): Promise<void> {
  await transact(db, (tx) => doubt(tx, earningId, true));
}

/** Reports the earnings whose charge has not shown for too long whether it brings money. */
export async function reportUnclearCharges(db: Db): Promise<void> {
  const { rows } = await sql<{ id: EarningId }>`
    select id from earnings where available_on is null and charge is not null
      and coalesce(changed_at, created_at)
        < business_now() - ${longestChargeDays} * interval '1 day'
      and not exists (select from discrepancies where object = told_as(earnings)
        and cause = any(${earningWaitCauses}::text[]))
    order by created_at, id limit ${mostAPass}
  `.execute(db);
  for (const { id } of rows) await transact(db, (tx) => doubt(tx, id, false));
}

/** The seller is locked, so that nobody changes the earning meanwhile. */
async function doubt(tx: Tx, earningId: EarningId, isMissing: boolean): Promise<void> {
  await lockSellerOf(tx, { earnings: earningId });
  const { rows } = await sql<Waiting>`
    select seller_id as "sellerId", charge, amount, currency, told_as(earnings) as "toldAs",
      extract(epoch from business_now() - coalesce(changed_at, created_at))::float8 as "waitsSeconds"
    from earnings where id = ${earningId} and available_on is null and charge is not null
  `.execute(tx);
  const [earning] = rows;
  const cause = earning && chargeDoubt({ isMissing, waitsSeconds: earning.waitsSeconds });
  if (!earning || !cause || (await isTold(tx, earning.toldAs))) return;
  const { toldAs: object, sellerId, charge, amount, currency } = earning;
  const atStripe = { movementId: null, object: charge, net: 0, currency };
  const inLedger = { entryId: null, net: amount, currency };
  await openDiscrepancies(tx, [{ cause, object, sellerId, atStripe, inLedger }]);
}

type Waiting = {
  sellerId: SellerId;
  charge: string;
  amount: number;
  currency: string;
  toldAs: string;
  waitsSeconds: number;
};

async function isTold(tx: Tx, object: string): Promise<boolean> {
  const told = await tx
    .selectFrom('discrepancies')
    .select('id')
    .where('object', '=', object)
    .where('cause', 'in', earningWaitCauses)
    .executeTakeFirst();
  return told !== undefined;
}

/** Records that Stripe shows the charge after all: both sides of these discrepancies agree. */
export async function recordChargeSeen(tx: Tx, earningId: EarningId): Promise<void> {
  await sql`
    update discrepancies set agrees_since = business_now()
    where object = (select told_as(earnings) from earnings where id = ${earningId})
      and cause = any(${earningWaitCauses}::text[]) and closed_at is null and agrees_since is null
  `.execute(tx);
}
