import { firstExpiry, type Hold, leftBeside } from './holds.ts';
import {
  type Currency,
  leastPayout,
  minor,
  type MinorUnits,
  movableAmount,
  payableAmount,
  smaller,
} from './money.ts';

/** Why a payout ended without moving money. */
export type SkipReason =
  | 'nothing-payable'
  | 'more-than-payable'
  | 'account-negative'
  | 'account-short'
  | 'below-minimum'
  | 'on-hold';

/** What a payout can reserve now, by place. */
export type Funds = {
  requestedAmount: number | null;
  currency: Currency;
  atPlatform: number;
  /** Without money that Stripe has not made available yet. */
  atAccount: number;
  /** Earned at the platform, and not available yet. */
  notYetAvailable: number;
  /** The active holds on the seller. */
  holds: readonly Hold[];
};

export type Reservation =
  | { kind: 'reserve'; fromPlatform: MinorUnits; fromAccount: MinorUnits }
  /** Held. `until` is when the first hold expires. */
  | { kind: 'wait'; until: string | null }
  | { kind: 'skip'; reason: SkipReason };

/**
 * Decides what a payout reserves. Money at the account comes first, so that only the rest is
 * transferred. Nothing is reserved while the account is negative, because a transfer would only
 * fill the gap. Money that is not yet available at the platform is not taken from the account
 * instead. Held money stays: an order for everything shrinks by it, and an order of an amount waits
 * until the hold is lifted.
 */
export function planReservation(funds: Funds): Reservation {
  if (funds.atAccount < 0) return { kind: 'skip', reason: 'account-negative' };
  const payable = freeOf(funds);
  const { currency } = funds;
  const wanted = minor(funds.requestedAmount ?? payable);
  if (wanted > payable) return { kind: 'skip', reason: 'more-than-payable' };
  const unheld = payableAmount({ amount: wanted, currency });
  if (unheld === 0) return { kind: 'skip', reason: 'nothing-payable' };
  const left = leftBeside(funds.holds, { amount: payable, currency });
  const isEnough = funds.requestedAmount === null || wanted <= left;
  const amount = isEnough ? payableAmount({ amount: smaller(wanted, left), currency }) : minor(0);
  if (amount === 0) return { kind: 'wait', until: firstExpiry(funds.holds, currency) };
  const parts = splitByPlace(funds, amount);
  if (parts.fromAccount + parts.fromPlatform < leastPayout(currency)) {
    return { kind: 'skip', reason: 'below-minimum' };
  }
  return { kind: 'reserve', ...parts };
}

/**
 * The platform's part is an amount that Stripe can transfer, even if the payout becomes smaller.
 */
function splitByPlace(
  { atAccount, atPlatform, notYetAvailable, currency }: Funds,
  amount: MinorUnits,
): { fromAccount: MinorUnits; fromPlatform: MinorUnits } {
  const whole = (part: number): MinorUnits => movableAmount({ amount: minor(part), currency });
  const fromAccount = whole(smaller(minor(atAccount), amount));
  const free = minor(Math.max(0, atPlatform - notYetAvailable));
  return { fromAccount, fromPlatform: whole(smaller(free, minor(amount - fromAccount))) };
}

/** What could be paid without any holds: everything that is there and available. */
export function freeOf({
  atPlatform,
  atAccount,
  notYetAvailable,
}: Pick<Funds, 'atPlatform' | 'atAccount' | 'notYetAvailable'>): MinorUnits {
  return minor(Math.max(0, atAccount + atPlatform - notYetAvailable));
}

/** The payable amount: what a payout of everything would carry. */
export function payableOf(funds: Omit<Funds, 'requestedAmount'>): number {
  const plan = planReservation({ ...funds, requestedAmount: null });
  return plan.kind === 'reserve' ? plan.fromPlatform + plan.fromAccount : 0;
}

/** How much more would be payable without the holds. */
export function heldOf(funds: Omit<Funds, 'requestedAmount'>): number {
  return payableOf({ ...funds, holds: [] }) - payableOf(funds);
}
