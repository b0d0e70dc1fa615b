import type { BankReadiness } from '../accounts/bank.ts';
import { freeOf, type Funds, heldOf, payableOf, type SkipReason } from '../funds.ts';
import { isStanding } from '../holds.ts';
import { type Readiness, stopOfBank, stopOfSeller } from '../payouts/reservation.ts';
import { type PaydayWait, waitNames } from '../waits.ts';
import { type PaydayPlan, planPayday, type Schedule } from './schedule.ts';

/** The seller, and what stops its payouts regardless of the funds. */
export type Payee = Pick<Readiness, 'status' | 'isPaused'> & {
  isMoneyStopped: boolean;
  schedule: Schedule;
};

/** What is known about the funds of one currency before a payday. */
export type ExpectedFunds = Omit<Funds, 'requestedAmount'> &
  BankReadiness & {
    /** How much the already ordered payouts take first. */
    ordered: number;
  };

/** Why a payday pays nothing. */
export type NotPaidReason = SkipReason | PaydayWait;

/** What a payday would do with the money of one currency. Minor units. */
export type Forecast = {
  currency: string;
  pays: number;
  /** How much of `pays` the platform's balance must provide; the rest is at the account. */
  fromPlatform: number;
  /** What the payday would pay without the reason. */
  wouldPay: number;
  /** Payable, and not paid by this payday. */
  leaves: number;
  /** Kept back by holds. */
  held: number;
  notYetAvailable: number;
  reason: NotPaidReason | null;
};

/** Forecasts what a payday at this moment would pay, from what is known now. */
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
 * The candidates for the next payday: the latest payday that passed while the seller could not be
 * paid, because it is paid as soon as possible, and the first one to come.
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

/** The next payday among these. A payday that has passed counts only while money waits for it. */
export function nextPayday<Payday extends { at: string; forecasts: Forecast[] }>(
  paydays: readonly Payday[],
): Payday | undefined {
  const hasMoney = ({ forecasts }: Payday) => forecasts.some(({ wouldPay }) => wouldPay > 0);
  return paydays.find(hasMoney) ?? paydays.at(-1);
}

/**
 * How much of the payable amount the ordered payouts take that have reserved nothing yet. An order of
 * more than the seller has, holds included, is skipped and takes nothing, as `planReservation` says.
 */
export function takenByOrders(
  orders: readonly { requestedAmount: number | null }[],
  funds: Omit<Funds, 'requestedAmount'>,
): number {
  const payable = payableOf(funds);
  let free: number = freeOf(funds);
  let taken = 0;
  for (const { requestedAmount } of orders) {
    if (requestedAmount !== null && requestedAmount > free) continue;
    const amount = Math.min(payable - taken, requestedAmount ?? payable);
    taken += amount;
    free -= amount;
  }
  return taken;
}

/**
 * The reasons in their order: the seller, because its payday is not opened meanwhile; then the
 * payday's own decision; then what stops the ordered payout. A payout in flight is no reason: it
 * will have its answer by then, and its money is not part of these funds.
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
  return stopOfBank(funds, at) ?? (payee.isMoneyStopped ? waitNames.moneyStopped : null);
}

/** A reservation takes the money at the account first. */
function lessOrdered(funds: ExpectedFunds): ExpectedFunds {
  const fromAccount = Math.min(funds.ordered, Math.max(0, funds.atAccount));
  return {
    ...funds,
    atAccount: funds.atAccount - fromAccount,
    atPlatform: funds.atPlatform - (funds.ordered - fromAccount),
  };
}
