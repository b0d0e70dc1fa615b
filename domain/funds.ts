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

/** What can be set aside now, by place. */
export type Funds = {
  requestedAmount: number | null;
  currency: Currency;
  atPlatform: number;
  /** Less what Stripe does not let go yet. */
  atAccount: number;
  /** Earned at the platform, but not payable yet. */
  notYetAvailable: number;
  /** The active holds on the seller. */
  holds: readonly Hold[];
};

export type Reservation =
  | { kind: 'reserve'; fromPlatform: MinorUnits; fromAccount: MinorUnits }
  /** Held back; `until` is when the first hold lifts by itself. */
  | { kind: 'wait'; until: string | null }
  | { kind: 'skip'; reason: SkipReason };

/**
 * Decides what a payout sets aside: first what is at the account already, so that only the rest
 * is transferred; never while the account is negative, since a transfer would fill the hole. What
 * is missing at the platform is not paid from the account either. What is held stays: an order for
 * all shrinks by it, one by number waits for the hold.
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

/** The platform's part is one that Stripe can transfer, even where that makes the whole smaller. */
function splitByPlace(
  { atAccount, atPlatform, notYetAvailable, currency }: Funds,
  amount: MinorUnits,
): { fromAccount: MinorUnits; fromPlatform: MinorUnits } {
  const whole = (part: number): MinorUnits => movableAmount({ amount: minor(part), currency });
  const fromAccount = whole(smaller(minor(atAccount), amount));
  const free = minor(Math.max(0, atPlatform - notYetAvailable));
  return { fromAccount, fromPlatform: whole(smaller(free, minor(amount - fromAccount))) };
}

/** What may be paid of these funds if nothing is held: all that is there and available by now. */
export function freeOf({
  atPlatform,
  atAccount,
  notYetAvailable,
}: Pick<Funds, 'atPlatform' | 'atAccount' | 'notYetAvailable'>): MinorUnits {
  return minor(Math.max(0, atAccount + atPlatform - notYetAvailable));
}

/** What is payable of these funds: what a payout of everything would carry. */
export function payableOf(funds: Omit<Funds, 'requestedAmount'>): number {
  const plan = planReservation({ ...funds, requestedAmount: null });
  return plan.kind === 'reserve' ? plan.fromPlatform + plan.fromAccount : 0;
}

/** What would be payable as well if no hold were in the way. */
export function heldOf(funds: Omit<Funds, 'requestedAmount'>): number {
  return payableOf({ ...funds, holds: [] }) - payableOf(funds);
}
