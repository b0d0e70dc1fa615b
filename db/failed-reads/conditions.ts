import { sql } from 'kysely';
import {
  type AccountRead,
  type FailedRead,
  retryReadMinutes,
  silentMinutes,
} from '../../domain/failed-reads/accounts.ts';
import { instant } from '../time.ts';

/**
 * True for a row of `failed_reads` that holds its seller: `isHolding` in domain/failed-reads.ts. A
 * missing answer is an outage at first, and every outage ends.
 */
export const isHolding = sql<boolean>`(failed_reads.refused or compare_from is not null
  or failed_reads.since < business_now() - ${sql.lit(silentMinutes)} * interval '1 minute')`;

/** True while a failed read holds the seller with this id. */
export function isUnreadOf(sellerId: unknown) {
  return sql<boolean>`exists (select from failed_reads join sellers as unread using (stripe_account)
    where unread.id = ${sellerId} and ${isHolding})`;
}

/** True while a read of the account of `sellers` failed so recently that it is not tried again. */
export function failedLately(what: AccountRead) {
  return sql<boolean>`exists (select from failed_reads
    where failed_reads.stripe_account = sellers.stripe_account and what = ${what} and refused
      and tried_at > business_now() - ${sql.lit(retryReadMinutes)} * interval '1 minute')`;
}

/** True if the last read of this kind of the account of `sellers` failed. */
export function hasFailed(what: AccountRead) {
  return sql<boolean>`exists (select from failed_reads
    where failed_reads.stripe_account = sellers.stripe_account and what = ${what})`;
}

/** True if a failed read of the account of `sellers` is due to be tried again. */
export const isRetryDue = sql<boolean>`exists (select from failed_reads
  where failed_reads.stripe_account = sellers.stripe_account
    and tried_at <= business_now() - ${sql.lit(retryReadMinutes)} * interval '1 minute')`;

/** The failed reads that hold a seller, as JSON: the oldest first. */
export function failedReadsOf(sellerId: unknown) {
  return sql<FailedRead[]>`(select coalesce(json_agg(json_build_object('what', what,
      'endpoint', endpoint, 'statusCode', status_code, 'code', code, 'permission', permission,
      'isComparison', compare_from is not null, 'since', ${instant('failed_reads.since')})
      order by failed_reads.since, what), '[]')
    from failed_reads join sellers as unread using (stripe_account)
    where unread.id = ${sellerId} and ${isHolding})`;
}

/** The accounts whose failed reads hold their sellers, and since when. */
export const unreadAccounts = sql`select stripe_account, min(failed_reads.since) as since
  from failed_reads where ${isHolding} group by stripe_account`;
