import { sql, type RawBuilder } from 'kysely';
import { businessNow } from './business-time.ts';

/** The moment by which an earning has to be there: now, or the cut-off of a payday. */
export function upTo(cutOff: string | null) {
  return cutOff === null ? businessNow : sql<string>`least(${cutOff}, business_now())`;
}

/** What a seller earned that is at a place and cannot be paid out yet. */
export function laterAt(
  place: 'platform' | 'account',
  of: { seller_id: unknown; currency: unknown },
  by: RawBuilder<string> = businessNow,
) {
  return sql<number>`coalesce((select sum(earnings.amount - allocated) from earnings
    where earnings.seller_id = ${of.seller_id} and earnings.currency = ${of.currency}
      and earnings.place = ${place} and allocated < earnings.amount
      and (available_on is null or available_on > ${by} or earnings.created_at > ${by})), 0)::bigint`;
}
