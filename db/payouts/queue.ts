import { sql } from 'kysely';
import { isInFlight } from '../schema/statuses.ts';

/** The payouts of a seller in one currency. */
type Queue = { seller_id: unknown; currency: unknown };

/**
 * True if no payout of this seller and currency may start now: the domain's `blocksStart` for any
 * payout.
 */
export function isStartBlocked(of: Queue) {
  const isAboutToReserve = sql`busy.status = 'requested' and busy.started_at is not null`;
  return sql<boolean>`exists (select from payouts as busy where busy.seller_id = ${of.seller_id}
    and busy.currency = ${of.currency} and (${isInFlight('busy')} or ${isAboutToReserve}))`;
}

/** The domain's `waitsToStart`, for a payout given by its table or alias. */
export function waitsToStart(payout = 'payouts') {
  const [status, startedAt] = [sql.ref(`${payout}.status`), sql.ref(`${payout}.started_at`)];
  return sql<boolean>`${status} = 'requested' and ${startedAt} is null`;
}

/** The order of payouts that wait to start, the same as the domain's `payoutBefore`. */
export const oldestFirst = sql`payouts.created_at, payouts.id`;
