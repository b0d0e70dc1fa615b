import { sql, type RawBuilder } from 'kysely';
import type { Cause } from '../domain/discrepancies.ts';
import type { DiscrepancyId, PayoutId, SellerId } from '../domain/ids.ts';
import { lateDays, type MoneyStep, type ParkReason } from '../domain/payout.ts';
import type { Db } from './connect.ts';

/**
 * Something that stopped until a person decides, a payout that the banks have for too long, an
 * account that Stripe rejected, or what differs from Stripe.
 */
export type AttentionRecord = {
  /** Null where it is about no seller in particular. */
  sellerId: SellerId | null;
  since: string;
  /** Money that does not move because of it, in minor units. */
  atStake: { currency: string; amount: number }[];
} & (
  | {
      kind: 'payout';
      id: PayoutId;
      parked: ParkReason | 'late';
      parkedDetail: string | null;
      unknownStep: MoneyStep | null;
    }
  | { kind: 'seller'; id: SellerId; parked: string; parkedDetail: null; unknownStep: null }
  | { kind: 'discrepancy'; id: DiscrepancyId; parked: Cause; parkedDetail: null; unknownStep: null }
);

/** Where a page of what needs attention begins: after this one. */
export type AttentionPlace = { since: string; id: string };

/** All that waits for a person, oldest first, one more than the limit where there is more. */
export async function listAttention(
  db: Db,
  { after, limit }: { after: AttentionPlace | undefined; limit: number },
): Promise<AttentionRecord[]> {
  const { rows } = await sql<AttentionRecord>`
    with stopped as (
      select 'payout' as kind, id, seller_id, parked, parked_detail, unknown_step,
          ${parkedSince} as since
        from payouts where parked is not null and ${comesAfter(after, parkedSince)}
      union all
      select 'payout', id, seller_id, 'late', null, null, ${lateSince} from payouts
        where status = 'sent' and parked is null and ${lateSince} < business_now()
          and ${comesAfter(after, lateSince)}
      union all
      select 'seller', id, id, parked, null, null, ${parkedSince}
        from sellers where parked is not null and ${comesAfter(after, parkedSince)}
      union all
      select 'seller', id, id, 'account-rejected', null, null, ${rejectedSince} from sellers
        where rejected_at is not null and parked is null and status <> 'closed'
          and ${comesAfter(after, rejectedSince)}
      union all
      select 'discrepancy', id, seller_id, cause, null, null, ${openedSince}
        from discrepancies where closed_at is null and ${comesAfter(after, openedSince)}
      order by since, id limit ${limit + 1}
    )
    select kind, stopped.id, stopped.seller_id as "sellerId", stopped.parked,
      stopped.parked_detail as "parkedDetail", stopped.unknown_step as "unknownStep", since, coalesce(case when kind = 'payout' then (
        select jsonb_build_array(jsonb_build_object('currency', currency, 'amount', case
          when from_platform + from_account > 0 then from_platform + from_account
          else coalesce(requested_amount, ${unpaid}) end))
        from payouts where payouts.id = stopped.id
      ) when kind = 'discrepancy' then (
        select jsonb_build_array(jsonb_build_object(
          'currency', coalesce(stripe_currency, ledger_currency),
          'amount', abs(coalesce(at_stripe, in_ledger))))
        from discrepancies where discrepancies.id = stopped.id
          and coalesce(at_stripe, in_ledger) is not null
      ) else (
        select jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount)
          order by currency)
        from (
          select currency, sum(amount)::bigint as amount from balances
          where seller_id = stopped.seller_id and place not in ('owed', 'bank', 'foreign')
          group by currency having sum(amount) <> 0
        ) as held
      ) end, '[]'::jsonb) as "atStake"
    from stopped order by since, id
  `.execute(db);
  return rows;
}

/** As exact as a cursor can say it. */
const parkedSince = sql<string>`date_trunc('milliseconds', parked_at, 'UTC')`;
const rejectedSince = sql<string>`date_trunc('milliseconds', rejected_at, 'UTC')`;
const openedSince = sql<string>`date_trunc('milliseconds', opened_at, 'UTC')`;
const lateSince = sql<string>`date_trunc('milliseconds',
  sent_at + ${sql.lit(lateDays)} * interval '1 day', 'UTC')`;

function comesAfter(after: AttentionPlace | undefined, since: RawBuilder<string>) {
  return after ? sql`(${since}, id) > (${after.since}::timestamptz, ${after.id})` : sql`true`;
}

/** What a payout of all that is payable is about, before anything is set aside for it. */
const unpaid = sql`coalesce((select sum(greatest(amount, 0)) from balances
  where balances.seller_id = payouts.seller_id and balances.currency = payouts.currency
    and place in ('platform', 'account')), 0)`;
