import { sql } from 'kysely';
import { isInFlight } from '../schema/statuses.ts';

/** The payouts of a seller in one currency. */
type Queue = { seller_id: unknown; currency: unknown };

/**
 * True if one of these payouts prevents the others from starting: the domain's rule `blocksStart`
 * in SQL.
 */
export function isStartBlocked(of: Queue) {
  const isAboutToReserve = sql`busy.status = 'requested' and busy.started_at is not null`;
  return sql<boolean>`exists (select from payouts as busy where busy.seller_id = ${of.seller_id}
    and busy.currency = ${of.currency} and (${isInFlight('busy')} or ${isAboutToReserve}))`;
}

/** The domain's rule `waitsToStart` in SQL. `payout` is the name of the table or its alias. */
export function waitsToStart(payout = 'payouts') {
  const [status, startedAt] = [sql.ref(`${payout}.status`), sql.ref(`${payout}.started_at`)];
  return sql<boolean>`${status} = 'requested' and ${startedAt} is null`;
}

/**
 * The order in which waiting payouts start: the domain's rule `payoutBefore` in SQL. The domain
 * knows instants to the millisecond, so payouts created within one millisecond go in the order of
 * their ids here, too.
 */
export const oldestFirst = sql`date_trunc('milliseconds', payouts.created_at), payouts.id`;
