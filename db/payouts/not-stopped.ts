import { sql } from 'kysely';
import type { NotStopped } from '../../domain/payouts/sending.ts';
import type { SellerId } from '../../domain/ids.ts';
import type { Db } from '../connect.ts';
import { isCarrying } from '../schema/statuses.ts';

/** Payouts that a brake does not stop: how many, and the oldest. */
export type AllNotStopped = { count: number; first: NotStopped[] };

/** The maximum number of payouts that an answer names. */
const mostNamed = 20;

/**
 * Lists the payouts that a brake pulled just now does not stop, or may not stop: Stripe has the
 * payout, or a request about it may have been carried out (`mayHaveBeenDone`). Null means every
 * seller or every currency. A request that passes its last check while the brake is being stored is
 * not listed.
 */
export async function listNotStopped(
  db: Db,
  { sellerId, currency }: { sellerId: SellerId | null; currency: string | null },
): Promise<AllNotStopped> {
  const { rows } = await sql<AllNotStopped>`
    with going as (
      select payouts.id, payouts.created_at, json_build_object('payoutId', payouts.id,
        'why', case when status = 'sent' then 'at-stripe' else 'may-be-sent' end,
        'amount', from_platform + from_account, 'currency', currency) as told
      from payouts where ${isCarrying()}
        and (${sellerId}::text is null or seller_id = ${sellerId})
        and (${currency}::text is null or currency = ${currency})
        and (status = 'sent' or exists (select from attempts where object_id = payouts.id
          and step in ('transfer', 'payout') and (state = 'unknown'
            or state = 'started' and tries > denied_tries)))
    )
    select (select count(*)::int from going) as count, (
      select coalesce(json_agg(told order by created_at, id), '[]')
      from (select * from going order by created_at, id limit ${mostNamed}) as oldest) as first
  `.execute(db);
  return rows[0] ?? { count: 0, first: [] };
}
