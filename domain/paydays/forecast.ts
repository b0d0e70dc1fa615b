import type { BankReadiness } from '../accounts/bank.ts';
import { type Funds, heldOf, payableOf, planReservation, type SkipReason } from '../funds.ts';
import { isStanding } from '../holds.ts';
import { type Readiness, stopOfBank, stopOfBooks, stopOfSeller } from '../payouts/reservation.ts';
import { type PaydayWait, waitNames } from '../waits.ts';
import { type PaydayPlan, planPayday, type Schedule } from './schedule.ts';

/** The seller's schedule, and what stops its payouts regardless of the funds. */
export type Payee = Pick<Readiness, 'status' | 'isPaused'> & {
  isMoneyStopped: boolean;
  schedule: Schedule;
};

/** The known funds of one currency before a payday. */
export type ExpectedFunds = Omit<Funds, 'requestedAmount'> &
  BankReadiness &
  Pick<Readiness, 'unordered'> & {
    /** The amount that already ordered payouts will take first. Minor units. */
    ordered: number;
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
  /** Payable, but not paid by this payday. */
  leaves: number;
  /** Withheld by holds. */
  held: number;
  notYetAvailable: number;
  reason: NotPaidReason | null;
};

/** Forecasts what a payday at this instant would pay in one currency. */
export function forecastPayday(payee: Payee, funds: ExpectedFunds, at: string): Forecast {
  const known = {
    ...lessOrdered(funds),
    holds: funds.holds.filter((hold) => isStanding(hold, at)),
  };
  const plan = planPayday(payee.schedule, known);
  const reason = reasonOf(payee, plan, funds, at);
  const pays = reason === null ? plan.amount : 0;
  const payable = payableOf(known);
  return {
    currency: funds.currency,
    pays,
    fromPlatform: pays - Math.min(pays, Math.max(0, known.atAccount)),
    wouldPay: plan.amount,
    leaves: payable - pays,
    held: heldOf(known),
    notYetAvailable: funds.notYetAvailable,
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
 * The amount that ordered payouts without a reservation will take, each as `planReservation` decides
 * in turn. An order that is skipped takes nothing; an order that waits for a hold claims what the
 * holds leave for it.
 */
export function takenByOrders(
  orders: readonly { requestedAmount: number | null }[],
  funds: Omit<Funds, 'requestedAmount'>,
): number {
  const payable = payableOf(funds);
  let left = funds;
  let taken = 0;
  for (const { requestedAmount } of orders) {
    const plan = planReservation({ ...left, requestedAmount });
    if (plan.kind === 'skip') continue;
    const claimed =
      plan.kind === 'reserve'
        ? plan.fromAccount + plan.fromPlatform
        : Math.max(0, Math.min(payable - taken, requestedAmount ?? payable));
    const fromAccount =
      plan.kind === 'reserve' ? plan.fromAccount : Math.min(left.atAccount, claimed);
    taken += claimed;
    left = {
      ...left,
      atAccount: left.atAccount - fromAccount,
      atPlatform: left.atPlatform - (claimed - fromAccount),
    };
  }
  return taken;
}

/**
 * Finds the reason against paying. The seller comes first, because a payday is not opened while the
 * seller is stopped; then the payday's own decision; then money without an order, the
 * bank account and the stops of all money. A
 * payout in flight is no reason: Stripe will have answered by then, and its money is not among
 * these funds.
 */
function reasonOf(
  payee: Payee,
  plan: PaydayPlan,
  funds: ExpectedFunds,
  at: string,
): NotPaidReason | null {
  if (plan.kind === 'nothing') return 'nothing-payable';
  const ofSeller = stopOfSeller(payee);
  if (ofSeller !== null) return ofSeller;
  if (plan.kind === 'skip') return plan.reason;
  const ofMoney = stopOfBooks(funds) ?? stopOfBank(funds, at);
  return ofMoney ?? (payee.isMoneyStopped ? waitNames.moneyStopped : null);
}

/** Subtracts the ordered amount. As in a reservation, money at the account is used first. */
function lessOrdered(funds: ExpectedFunds): ExpectedFunds {
  const fromAccount = Math.min(funds.ordered, Math.max(0, funds.atAccount));
  return {
    ...funds,
    atAccount: funds.atAccount - fromAccount,
    atPlatform: funds.atPlatform - (funds.ordered - fromAccount),
  };
}
