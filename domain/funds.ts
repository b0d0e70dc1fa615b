import { sayEstimate } from './dates.ts';
import { firstExpiry, type Hold, leftBeside } from './holds.ts';
import {
  type Currency,
  formatMoney,
  minor,
  type MinorUnits,
  type Money,
  movableAmount,
  payableAmount,
  smaller,
} from './money.ts';
import { type Corridor, leastPayoutTo, whyNoRoute } from './routing/route.ts';
import { noRoute } from './routing/waits.ts';

/** Why a payout ended without moving money. */
export type SkipReason =
  | 'nothing-payable'
  | 'more-than-payable'
  | 'account-negative'
  | 'account-short'
  | 'below-minimum'
  | 'on-hold'
  | typeof noRoute;

/** The funds that a payout can reserve now, by place. Amounts in minor units. */
export type Funds = {
  requestedAmount: number | null;
  currency: Currency;
  atPlatform: number;
  /** Excludes money that Stripe has not made available yet. */
  atAccount: number;
  /** The part of `atPlatform` that is earned but not available yet. */
  notYetAvailable: number;
  /** The active holds on the seller. */
  holds: readonly Hold[];
  /**
   * What decides whether money at the platform can be sent to the seller. Absent in old histories.
   * Null until the platform's country is known: then nothing is refused.
   */
  corridor?: Corridor | null;
};

/** What a payout does with these funds: reserve, wait for a hold, or end without moving money. */
export type Reservation =
  | { kind: 'reserve'; fromPlatform: MinorUnits; fromAccount: MinorUnits }
  /** Holds cover the money. `until` is when the first hold expires, or null. */
  | { kind: 'wait'; until: string | null }
  /** Too little is at the account, and what is at the platform cannot be sent there. */
  | { kind: typeof noRoute }
  | { kind: 'skip'; reason: SkipReason };

/**
 * Decides what a payout reserves. Money at the account is used first, so that only the rest is
 * transferred. Nothing is reserved while the account is negative, because a transfer would only
 * fill the gap. Money at the platform that is not available yet is not replaced with money from the
 * account. Held money is not reserved: an order for everything shrinks to what the holds leave, and
 * an order for a fixed amount waits until the holds leave enough. An order for more than everything
 * available, held money included, ends as skipped. Without a route, money at the platform is not
 * reserved either: an order for everything shrinks to what is at the account, and an order that
 * needs more than that waits. No release of a hold helps such an order, so the route comes first.
 */
export function planReservation(funds: Funds): Reservation {
  if (funds.atAccount < 0) return { kind: 'skip', reason: 'account-negative' };
  const payable = freeOf(funds);
  const { currency } = funds;
  const wanted = minor(funds.requestedAmount ?? payable);
  if (wanted > payable) return { kind: 'skip', reason: 'more-than-payable' };
  const unheld = payableAmount({ amount: wanted, currency });
  if (unheld === 0) return { kind: 'skip', reason: 'nothing-payable' };
  if (isOutOfReach(funds, wanted)) return { kind: noRoute };
  const left = leftBeside(funds.holds, { amount: payable, currency });
  const isEnough = funds.requestedAmount === null || wanted <= left;
  const most = smaller(smaller(wanted, left), reachOf(funds));
  const amount = isEnough ? payableAmount({ amount: most, currency }) : minor(0);
  if (amount === 0) return { kind: 'wait', until: firstExpiry(funds.holds, currency) };
  const parts = splitByPlace(funds, amount);
  if (parts.fromAccount + parts.fromPlatform < leastPayoutTo(funds.corridor, currency)) {
    return { kind: 'skip', reason: 'below-minimum' };
  }
  return { kind: 'reserve', ...parts };
}

/**
 * Splits an amount by place. Both parts are rounded down to amounts that Stripe can move, even if
 * the payout becomes smaller.
 */
function splitByPlace(
  funds: Funds,
  amount: MinorUnits,
): { fromAccount: MinorUnits; fromPlatform: MinorUnits } {
  const { atAccount, currency } = funds;
  const whole = (part: number): MinorUnits => movableAmount({ amount: minor(part), currency });
  const fromAccount = whole(smaller(minor(atAccount), amount));
  const free = minor(Math.max(0, reachOf(funds) - atAccount));
  return { fromAccount, fromPlatform: whole(smaller(free, minor(amount - fromAccount))) };
}

/** The amount that is available now, including held money. */
export function freeOf({
  atPlatform,
  atAccount,
  notYetAvailable,
}: Pick<Funds, 'atPlatform' | 'atAccount' | 'notYetAvailable'>): MinorUnits {
  return minor(Math.max(0, atAccount + atPlatform - notYetAvailable));
}

/** The part of the available amount that a payout can carry. Without a route, what is at the account. */
function reachOf(funds: Funds): MinorUnits {
  if (whyNoRoute(funds.corridor) === null) return freeOf(funds);
  return smaller(freeOf(funds), minor(Math.max(0, funds.atAccount)));
}

/**
 * True if an order needs money at the platform that no route takes to the seller: more than what is
 * in reach, or everything where less than Stripe's smallest payout is in reach.
 */
function isOutOfReach(funds: Funds, wanted: MinorUnits): boolean {
  if (whyNoRoute(funds.corridor) === null) return false;
  const { currency, requestedAmount } = funds;
  const reach = reachOf(funds);
  if (requestedAmount !== null) return wanted > reach;
  const isTooSmall = (amount: MinorUnits): boolean =>
    payableAmount({ amount, currency }) < leastPayoutTo(funds.corridor, currency);
  return isTooSmall(reach) && !isTooSmall(wanted);
}

/** How much more would be payable with a route and without the holds. */
export function outOfReachOf(funds: Omit<Funds, 'requestedAmount'>): number {
  const unheld = { ...funds, holds: [] };
  return payableOf({ ...unheld, corridor: null }) - payableOf(unheld);
}

/** The payable amount: what a payout of everything would reserve now. */
export function payableOf(funds: Omit<Funds, 'requestedAmount'>): number {
  const plan = planReservation({ ...funds, requestedAmount: null });
  return plan.kind === 'reserve' ? plan.fromPlatform + plan.fromAccount : 0;
}

/** How much more would be payable without the holds. */
export function heldOf(funds: Omit<Funds, 'requestedAmount'>): number {
  return payableOf({ ...funds, holds: [] }) - payableOf(funds);
}

/** Why a payout waits for the platform's balance. `available` is absent if Stripe was not asked. */
export function sayShortage(needed: Money, available: Money | undefined): string {
  const needs = `The payout needs ${formatMoney(needed)} of the platform’s balance at Stripe`;
  if (!available) {
    return `${needs}, which had less. The payout continues when enough money arrives there`;
  }
  const there = formatMoney(available);
  return available.amount < needed.amount
    ? `${needs}, which has ${there} available. The payout continues when enough money arrives there`
    : `${needs}, which now has ${there} available. The payout continues at its next check, after payouts that have waited longer`;
}

/**
 * Why a payout that Stripe has accepted is not at the bank. While payouts of the account are not
 * active, Stripe keeps it for up to ten days (docs.stripe.com/connect, pausing payouts, 2026-09).
 */
export function sayAtBank({
  bankExpectedOn: day,
  asOf,
  isPausedAtStripe,
}: {
  bankExpectedOn: string | null;
  asOf: string;
  isPausedAtStripe: boolean;
}): string {
  if (isPausedAtStripe) {
    return 'Stripe has accepted the payout, but payouts of the account are not active at Stripe. Stripe may keep the money until they are active again, and cancels a payout that it has kept for ten days';
  }
  const estimate = day === null ? '' : `. ${sayEstimate(day, asOf)}`;
  return `Stripe has accepted the payout, but the bank does not have the money yet${estimate}`;
}
