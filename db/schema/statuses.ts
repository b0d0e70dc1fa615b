import { sql } from 'kysely';
import { settledPlaces } from '../../domain/ledger.ts';
import { parkNames, type SellerParkReason } from '../../domain/parking/reasons.ts';
import * as payouts from '../../domain/payouts/states.ts';

/**
 * A condition on the status of a payout, given by its table or alias. The statuses are literals: a
 * kept plan can use a partial index only for statuses that are part of the statement's text.
 */
function among(statuses: readonly payouts.PayoutStatus[]) {
  const list = sql.join(statuses.map((status) => sql.lit(status)));
  return (payout = 'payouts') => sql<boolean>`${sql.ref(`${payout}.status`)} in (${list})`;
}

/** True while something can still happen to the payout. Includes the watch for a late return. */
export const isOpen = among(payouts.openStatuses);

/** True while the payout's money is reserved and Stripe has not answered finally. */
export const isInFlight = among(payouts.inFlightStatuses);

/** True while Stripe does not have the payout yet. */
export const isBeforeStripe = among(payouts.beforeStripeStatuses);

/** True while the bank does not have the payout yet. */
export const isBeforeBank = among(payouts.beforeBankStatuses);

/** True while all of the payout's money is at the account, or on its way from there to the bank. */
export const isAtAccount = among(payouts.atAccountStatuses);

/** True while the bank has the payout and the engine watches for a late return. */
export const isWatched = among(payouts.watchedStatuses);

/** True while the payout's money is reserved and not at the bank yet. */
export const isCarrying = among(payouts.carryingStatuses);

/** True while Stripe has the payout and the engine still follows it. */
export const isFollowed = among(payouts.followedStatuses);

/** True while the bank has the payout and has not sent it back. */
export const isAtBank = among(payouts.atBankStatuses);

/** True while the payout has left the account and has not come back. */
export const hasLeft = among(payouts.leftStatuses);

/** True if the bank refused the payout or sent it back. */
export const isRefusedByBank = among(payouts.refusedByBankStatuses);

/**
 * True for an attempt that may have made an object at Stripe: `mayHaveMade` in domain/stripe.ts.
 */
export const mayHaveMade = sql<boolean>`attempts.state <> 'refused'
  and (attempts.first_sent_at is not null and not (tries > 0 and tries = denied_tries)
    or attempts.state = 'succeeded')`;

/** True if money of the payout was or may have been sent: the rule in domain/payouts/states.ts. */
export const mayHaveBeenSent = sql<boolean>`(${hasLeft()} or not ${isRefusedByBank()}
  and exists (select from attempts where attempts.object_id = payouts.id
    and attempts.step in ('transfer', 'payout') and ${mayHaveMade}))`;

/** True for a balance whose place is not one of the domain's `settledPlaces`. */
export const isUnsettled = sql<boolean>`balances.place not in (${sql.join(
  settledPlaces.map((place) => sql.lit(place)),
)})`;

/** Parks a closed seller because money came: `parksForMoney` in domain/sellers.ts. */
export const parkedForMoney = sql<SellerParkReason | null>`case when status = 'closed'
  then coalesce(parked, ${sql.lit(parkNames.moneyAfterClose)}) else parked end`;
