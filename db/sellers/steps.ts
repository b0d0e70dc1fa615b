import { type Selectable, sql } from 'kysely';
import type { Stop } from '../../domain/holds.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { booksFreshMinutes, type Seller } from '../../domain/sellers.ts';
import type { Db } from '../connect.ts';
import { failedLately } from '../failed-reads/conditions.ts';
import { stopsOf } from '../holds.ts';
import { paydayAt } from '../paydays/thresholds.ts';
import { isStartBlocked, oldestFirst, waitsToStart } from '../payouts/queue.ts';
import type { Database } from '../schema/index.ts';
import { isBeforeBank } from '../schema/statuses.ts';
import { lastErrorOf } from '../stripe/attempt-views.ts';

/**
 * Reads a seller as its workflow sees it, with the payouts that may start now. The count of
 * requirements repeats `isDue` in domain/accounts/requirements.ts.
 */
export async function readSellerForWorkflow(db: Db, sellerId: SellerId): Promise<Seller> {
  const { rows } = await sql<SellerRow>`
    select sellers.*, business_now() as now, ${paydayAt} as payday_at, array(
      select distinct on (payouts.currency) payouts.id from payouts
      where seller_id = sellers.id and ${waitsToStart()} and not ${isStartBlocked(ofPayout)}
      order by payouts.currency, ${oldestFirst}
    ) as startable, array(select payouts.id from payouts where seller_id = sellers.id
        and ${isBeforeBank()}
      order by created_at limit 5
    ) as under_way, ${stopsOf(sql.ref('sellers.id'))} as stops,
      (select count(*)::int from requirements where seller_id = sellers.id
        and deadline <> 'eventually_due') as requirements_due,
      earns_at_account and (movements_read_at is null
        or movements_read_at < business_now() - ${booksFreshMinutes} * interval '1 minute')
        and not ${failedLately('books')} as movements_due,
      case when parked is not null then ${lastErrorOf(sql.ref('sellers.id'))} end as last_error
    from sellers where id = ${sellerId}
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error(`no such seller: ${sellerId}`);
  return {
    sellerId: row.id,
    status: row.status,
    country: row.country,
    currency: row.currency,
    stripeAccount: row.stripe_account,
    accountKnown: row.account_read_at !== null,
    canReceiveTransfers: row.transfers_capability === 'active',
    canPayOut: row.payouts_capability === 'active',
    payoutsAreManual: row.payouts_manual_at !== null,
    requirementsDue: row.requirements_due,
    movementsDue: row.movements_due,
    startablePayouts: row.startable,
    payoutsUnderWay: row.under_way,
    paydayAt: row.payday_at,
    stops: row.stops,
    lookAgainAt: row.look_again_at,
    parked: row.parked,
    lastError: row.last_error,
    now: row.now,
  };
}

const ofPayout = { seller_id: sql.ref('sellers.id'), currency: sql.ref('payouts.currency') };

type SellerRow = Selectable<Database['sellers']> & {
  now: string;
  startable: PayoutId[];
  under_way: PayoutId[];
  payday_at: string | null;
  requirements_due: number;
  movements_due: boolean;
  last_error: string | null;
  stops: Stop[];
};
