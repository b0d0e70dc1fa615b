import { sql } from 'kysely';
import type { SellerId, StripeAccountId } from '../../domain/ids.ts';
import type { Db } from '../connect.ts';
import { isRetryDue } from '../failed-reads/conditions.ts';
import { lockFree } from '../locks.ts';

type StaleAccount = {
  sellerId: SellerId;
  stripeAccount: StripeAccountId;
  payoutsAreManual: boolean;
  isClosed: boolean;
};

/**
 * The accounts of closed sellers are read for this many months, because a bank may still return a
 * payout.
 */
const monthsWatched = 6;

/**
 * Takes the accounts whose last read was tried longest ago. Records the new try first, so that an
 * unreadable account does not delay the others. Accounts of closed sellers are included once a day
 * for `monthsWatched`.
 */
export async function takeStaleAccounts(
  db: Db,
  { limit, olderThanMinutes }: { limit: number; olderThanMinutes: number },
): Promise<StaleAccount[]> {
  const { rows } = await sql<StaleAccount>`
    with stale as (
      select id from sellers
      where stripe_account is not null and (account_tried_at is null or account_tried_at
          < business_now() - ${olderThanMinutes} * interval '1 minute' or ${isRetryDue})
        and (status <> 'closed' or closed_at > business_now() - ${monthsWatched} * interval '1 month'
          and (account_tried_at is null or account_tried_at < business_now() - interval '1 day'))
      order by account_tried_at nulls first limit ${limit} ${lockFree('sellers')}
    )
    update sellers set account_tried_at = business_now() from stale where sellers.id = stale.id
    returning sellers.id as "sellerId", sellers.stripe_account as "stripeAccount",
      sellers.payouts_manual_at is not null as "payoutsAreManual",
      sellers.status = 'closed' as "isClosed"
  `.execute(db);
  return rows;
}
