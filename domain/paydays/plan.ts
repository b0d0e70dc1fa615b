import { type Funds, outOfReachOf, payableOf, planReservation, type SkipReason } from '../funds.ts';
import { waitNames } from '../waits.ts';
import type { Schedule } from './schedule.ts';

/** An ordered payout of a seller in one currency that has reserved nothing yet. */
export type OpenOrder = { requestedAmount: number | null };

/** What ordered payouts claim of a seller's money before a payday. */
export type Claims = {
  /** Minor units. */
  amount: number;
  /** The part of `amount` that no order reserves before a hold is released or expires. */
  waiting: number;
  /** True if an order pays everything that is payable, and so also what a payday would pay. */
  isOfAll: boolean;
  /** True if such an order waits because holds cover all money, or no route takes it. */
  isHeld: boolean;
};

/** What no order claims. */
export const noClaims: Claims = { amount: 0, waiting: 0, isOfAll: false, isHeld: false };

/**
 * What a payday does with the money of one currency. Amounts in minor units.
 * - `pay`: a payout is ordered.
 * - `join`: the open order for everything also pays the money of this payday.
 * - `skip`: the money waits for a later payday.
 * - `nothing`: there is no money.
 */
export type PaydayPlan =
  | { kind: 'pay' | 'nothing'; amount: number; reason: null }
  | { kind: 'join'; amount: number; reason: SkipReason | null }
  | { kind: 'skip'; amount: number; reason: SkipReason };

/**
 * Decides what a payday does with the funds that were available at its cut-off, beside what orders
 * claim already. The payday uses this rule, and so do all forecasts.
 */
export function planPayday(
  schedule: Pick<Schedule, 'minimums'>,
  funds: Omit<Funds, 'requestedAmount'>,
  claims: Claims,
): PaydayPlan {
  const rest = withoutClaims(funds, claims);
  const amount = payableOf(rest);
  if (claims.isOfAll) {
    const withheld = amount > 0 ? null : withheldOf(rest);
    return { kind: 'join', ...(withheld ?? { amount, reason: null }) };
  }
  if (amount > 0) {
    const isEnough = amount >= (schedule.minimums[funds.currency] ?? 0);
    if (isEnough) return { kind: 'pay', amount, reason: null };
    return { kind: 'skip', amount, reason: 'below-minimum' };
  }
  const withheld = withheldOf(rest);
  return withheld ? { kind: 'skip', ...withheld } : { kind: 'nothing', amount: 0, reason: null };
}

/**
 * What would be payable if the account were not below zero, nothing were held and there were a
 * route.
 */
function withheldOf(
  funds: Omit<Funds, 'requestedAmount'>,
): { amount: number; reason: SkipReason } | null {
  const isNegative = funds.atAccount < 0;
  const unheld = { ...funds, ...(isNegative && { atAccount: 0 }), holds: [] };
  const amount = payableOf(unheld);
  if (amount > 0) return { amount, reason: isNegative ? 'account-negative' : 'on-hold' };
  const outOfReach = outOfReachOf(unheld);
  return outOfReach === 0 ? null : { amount: outOfReach, reason: waitNames.noRoute };
}

/** Subtracts the claimed amount. As in a reservation, money at the account is used first. */
export function withoutClaims<Of extends Pick<Funds, 'atAccount' | 'atPlatform'>>(
  funds: Of,
  { amount }: Pick<Claims, 'amount'>,
): Of {
  const fromAccount = Math.min(amount, Math.max(0, funds.atAccount));
  return {
    ...funds,
    atAccount: funds.atAccount - fromAccount,
    atPlatform: funds.atPlatform - (amount - fromAccount),
  };
}

/**
 * Finds what orders claim: each order, in its turn, claims what `planReservation` decides. An order
 * that would be skipped claims nothing; an order that waits for a hold or a route claims what is
 * payable without.
 */
export function claimsOf(
  orders: readonly OpenOrder[],
  funds: Omit<Funds, 'requestedAmount'>,
): Claims {
  const payable = payableOf(funds);
  let left = funds;
  let taken = 0;
  let isHeld = false;
  for (const { requestedAmount } of orders) {
    const plan = planReservation({ ...left, requestedAmount });
    if (plan.kind === 'skip') continue;
    isHeld ||= plan.kind !== 'reserve' && requestedAmount === null;
    const amount =
      plan.kind === 'reserve'
        ? plan.fromAccount + plan.fromPlatform
        : Math.max(0, Math.min(payable - taken, requestedAmount ?? payable));
    const fromAccount =
      plan.kind === 'reserve' ? plan.fromAccount : Math.min(left.atAccount, amount);
    taken += amount;
    left = {
      ...left,
      atAccount: left.atAccount - fromAccount,
      atPlatform: left.atPlatform - (amount - fromAccount),
    };
  }
  const isOfAll = orders.some(({ requestedAmount }) => requestedAmount === null);
  const waiting = Math.max(0, taken - reservedOf(orders, funds));
  return { amount: taken, waiting, isOfAll, isHeld };
}

/** What orders reserve now. An order that waits for a hold does not keep later orders waiting. */
function reservedOf(orders: readonly OpenOrder[], funds: Omit<Funds, 'requestedAmount'>): number {
  let left = funds;
  let reserved = 0;
  for (const { requestedAmount } of orders) {
    const plan = planReservation({ ...left, requestedAmount });
    if (plan.kind !== 'reserve') continue;
    const { fromAccount, fromPlatform } = plan;
    reserved += fromAccount + fromPlatform;
    const { atAccount, atPlatform } = left;
    left = { ...left, atAccount: atAccount - fromAccount, atPlatform: atPlatform - fromPlatform };
  }
  return reserved;
}
