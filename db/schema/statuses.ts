import { sql } from 'kysely';
import * as payouts from '../../domain/payouts/states.ts';

/**
 * A condition on the status of a payout, named by its table or alias. The statuses are literals: a
 * kept plan can use a partial index only for statuses that are part of the statement's text.
 */
function among(statuses: readonly payouts.PayoutStatus[]) {
  const list = sql.join(statuses.map((status) => sql.lit(status)));
  return (payout = 'payouts') => sql<boolean>`${sql.ref(`${payout}.status`)} in (${list})`;
}

/** True for a payout to which something can still happen, the watch for a late return included. */
export const isOpen = among(payouts.openStatuses);

/** True for a payout whose money is set aside and that Stripe has not answered for good. */
export const isInFlight = among(payouts.inFlightStatuses);

/** True for a payout that Stripe does not have yet. */
export const isBeforeStripe = among(payouts.beforeStripeStatuses);

/** True for a payout that the bank does not have yet. */
export const isBeforeBank = among(payouts.beforeBankStatuses);

/** True for a payout whose money has been set aside and is not at the bank yet. */
export const isCarrying = among(payouts.carryingStatuses);

/** True for a payout that Stripe has and that is still followed. */
export const isFollowed = among(payouts.followedStatuses);

/** True for a payout that the bank has and has not sent back. */
export const isAtBank = among(payouts.atBankStatuses);

/** True for a payout that has left the account and has not come back. */
export const hasLeft = among(payouts.leftStatuses);
