import { sql } from 'kysely';
import { isInFlight } from '../schema/statuses.ts';

/** Whose payouts are meant: a seller's, of one currency. */
type Queue = { seller_id: unknown; currency: unknown };

/** True where no payout of the seller and currency starts now: the domain's `blocksStart` of any. */
export function isStartBlocked(of: Queue) {
  const isAboutToReserve = sql`busy.status = 'requested' and busy.started_at is not null`;
  return sql<boolean>`exists (select from payouts as busy where busy.seller_id = ${of.seller_id}
    and busy.currency = ${of.currency} and (${isInFlight('busy')} or ${isAboutToReserve}))`;
}

/** The domain's `waitsToStart`, for a payout named by its table or alias. */
export function waitsToStart(payout = 'payouts') {
  const [status, startedAt] = [sql.ref(`${payout}.status`), sql.ref(`${payout}.started_at`)];
  return sql<boolean>`${status} = 'requested' and ${startedAt} is null`;
}

/** What `order by` puts first among payouts that wait to start, as `payoutBefore` does. */
export const oldestFirst = sql`payouts.created_at, payouts.id`;
