import type { BankReadiness } from '../accounts/bank.ts';
import { type Funds, heldOf, outOfReachOf, payableOf, type SkipReason } from '../funds.ts';
import { isStanding } from '../holds.ts';
import { type Readiness, stopOfBank, stopOfBooks, stopOfSeller } from '../payouts/reservation.ts';
import { type PaydayWait, waitNames } from '../waits.ts';
import { type Claims, type PaydayPlan, planPayday, withoutClaims } from './plan.ts';
import type { Schedule } from './schedule.ts';

/** The seller's schedule, and what stops its payouts regardless of the funds. */
export type Payee = Pick<Readiness, 'status' | 'isPaused'> & {
  isMoneyStopped: boolean;
  schedule: Schedule;
};

/** The known funds of one currency before a payday. */
export type ExpectedFunds = Omit<Funds, 'requestedAmount'> &
  BankReadiness &
  Pick<Readiness, 'unordered' | 'isUnread'> & {
    /**
     * True if a payout of the seller and currency is in flight and parked: no other payout starts
     * until a person has decided.
     */
    isBehindParked: boolean;
    /** What ordered payouts claim now. */
    ordered: Claims;
  };

/** Why a payday pays nothing. */
export type NotPaidReason = SkipReason | PaydayWait;

/** What a payday would do with the money of one currency. Minor units. */
export type Forecast = {
  currency: string;
  pays: number;
  /** The part of `pays` that the platform's balance must provide. The rest is at the account. */
  fromPlatform: number;
  /** The amount that would be paid if there were no `reason` against it. */
  wouldPay: number;
  /** Owed and available, but not paid by this payday. */
  leaves: number;
  /** The part of `leaves` that no route takes to the seller. */
  outOfReach: number;
  /** Withheld by holds. */
  held: number;
  notYetAvailable: number;
  /** The schedule's minimum. Paydays pay nothing below it. */
  minimum: number;
  reason: NotPaidReason | null;
};

/**
 * Forecasts what a payday at this instant would pay in one currency. Until then, ordered payouts
 * take what they claim. Only orders that something stops are still open on the payday.
 */
export function forecastPayday(payee: Payee, funds: ExpectedFunds, at: string): Forecast {
  const { ordered } = funds;
  const holds = funds.holds.filter((hold) => isStanding(hold, at));
  const known = { ...withoutClaims(funds, ordered), holds };
  const isOfAll = ordered.isOfAll && (ordered.isHeld || stopOfOrders(funds, at) !== null);
  const plan = planPayday(payee.schedule, { ...funds, holds }, { ...ordered, isOfAll });
  const reason = reasonOf(payee, plan, funds, at);
  const pays = reason === null ? plan.amount : 0;
  const payable = payableOf(known);
  const outOfReach = outOfReachOf(known);
  return {
    currency: funds.currency,
    pays,
    fromPlatform: pays - Math.min(pays, Math.max(0, known.atAccount)),
    wouldPay: plan.amount,
    leaves: payable + outOfReach - pays,
    outOfReach,
    held: heldOf(known),
    notYetAvailable: funds.notYetAvailable,
    minimum: payee.schedule.minimums[funds.currency] ?? 0,
    reason,
  };
}

/**
 * The dates that may be the next payday. If paydays passed while the seller could not be paid, the
 * latest of them comes first, because it is paid as soon as possible.
 */
export function comingPaydays(
  nextPayoutAt: string | null,
  around: { latest: string | null; upcoming: string[] },
  now: string,
): string[] {
  if (nextPayoutAt === null) return [];
  if (nextPayoutAt > now) return [nextPayoutAt];
  const { latest, upcoming } = around;
  return [latest !== null && latest > nextPayoutAt ? latest : nextPayoutAt, ...upcoming];
}

/** Finds the next payday. A payday that has passed counts only if it has money to pay. */
export function nextPayday<Payday extends { at: string; forecasts: Forecast[] }>(
  paydays: readonly Payday[],
): Payday | undefined {
  const hasMoney = ({ forecasts }: Payday) => forecasts.some(({ wouldPay }) => wouldPay > 0);
  return paydays.find(hasMoney) ?? paydays.at(-1);
}

/**
 * Finds the reason against paying. The seller comes first, because a payday is not opened while the
 * seller is stopped; then the payday's own decision; then what stops orders, and the stops of all
 * money. A payout in flight is no reason unless it is parked: Stripe will have answered by then,
 * and its money is not among these funds.
 */
function reasonOf(
  payee: Payee,
  plan: PaydayPlan,
  funds: ExpectedFunds,
  at: string,
): NotPaidReason | null {
  if (plan.amount === 0) return 'nothing-payable';
  const ownReason = stopOfSeller(payee) ?? plan.reason ?? stopOfOrders(funds, at);
  return ownReason ?? (payee.isMoneyStopped ? waitNames.moneyStopped : null);
}

/** What stops ordered payouts of this currency at this instant. Null if nothing does. */
export function stopOfOrders(funds: Omit<ExpectedFunds, 'ordered'>, at: string) {
  return (
    stopOfBooks(funds) ??
    (funds.isBehindParked ? waitNames.anotherPayout : null) ??
    stopOfBank(funds, at)
  );
}
