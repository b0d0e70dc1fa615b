import { sellerWorkflowId } from '../ids.ts';
import { elsewhereEntries, owedAgainEntries } from '../ledger.ts';
import { formatMoney, minor, money } from '../money.ts';
import { type OwedFacts, type OwedRefusal, whyNotOwed } from '../reconciliation/closing.ts';
import { mayBeDone } from '../stripe.ts';
import type { StepAttempt } from './cancellation.ts';
import { beforeStripeStatuses, type Payout, type PayoutStatus } from './states.ts';
import { begin, moneyOf, noDoubt, now, type Transition, wakesOf } from './transition-type.ts';

/**
 * Money that moved at Stripe without an order. Above 0, it came to the account; below 0, it left.
 */
export type UnorderedMoney = { stripeId: string; net: number };

/** How somebody else paid the money of a payout: with objects at Stripe, or outside Stripe. */
export type PaidBy = { moved: readonly UnorderedMoney[] } | { proof: string };

/** Why a person says that somebody else paid, and the key of an attempt that was never sent. */
export type ElsewhereBecause = { reason: string; unsentKey: string | undefined };

/** What a payout that was paid elsewhere requires: it ends with these amounts, or is refused. */
export type ElsewherePlan =
  | { kind: 'end'; fromPlatform: number; fromAccount: number }
  | { kind: 'refuse'; why: ElsewhereRefusal; difference?: string };

/** Why a payout cannot end as paid elsewhere. */
export type ElsewhereRefusal =
  OwedRefusal | 'outcome-open' | 'too-late' | 'at-account' | 'needs-amount' | 'differs';

/**
 * Decides whether a payout ends because somebody else paid its money. An attempt that may have been
 * carried out may be moving the money now. What moved at Stripe must be exactly what the payout
 * would have moved: the transfer of its part at the platform, and the payout of everything. Money
 * that was paid outside Stripe must still be at the platform, because money at the account stays
 * there until somebody moves it at Stripe. In addition, the money must be owed, as `whyNotOwed`
 * decides.
 */
export function planElsewhere(
  payout: Payout,
  attempt: StepAttempt | undefined,
  by: PaidBy,
  owed: OwedFacts,
): ElsewherePlan {
  if (!isBeforeStripe(payout.status)) return refuse('too-late');
  if (attempt && mayBeDone(attempt)) return refuse('outcome-open');
  const plan = 'proof' in by ? planOutside(payout) : planAtStripe(payout, by);
  if (plan.kind === 'refuse') return plan;
  const { fromPlatform, fromAccount } = plan;
  const moved = { fromPlatform, received: fromPlatform + fromAccount };
  const why = whyNotOwed(moved, withOwnMoney(payout, owed));
  return why === null ? plan : refuse(why);
}

/** The facts as they would be if this payout had reserved nothing. */
function withOwnMoney({ payoutId, fromPlatform, fromAccount }: Payout, owed: OwedFacts): OwedFacts {
  if (owed.inFlight !== payoutId) return owed;
  return {
    ...owed,
    inFlight: null,
    atPlatform: owed.atPlatform + fromPlatform,
    unpaid: owed.unpaid + fromPlatform + fromAccount,
  };
}

function planOutside(payout: Payout): ElsewherePlan {
  const { status, requestedAmount, fromPlatform, fromAccount } = payout;
  if (status === 'transferred' || fromAccount > 0) return refuse('at-account');
  if (status === 'reserved') return { kind: 'end', fromPlatform, fromAccount };
  if (requestedAmount === null) return refuse('needs-amount');
  return { kind: 'end', fromPlatform: requestedAmount, fromAccount: 0 };
}

function planAtStripe(
  payout: Payout,
  { moved }: { moved: readonly UnorderedMoney[] },
): ElsewherePlan {
  const { status, requestedAmount, currency } = payout;
  const came = sum(moved.filter(({ net }) => net > 0));
  const left = -sum(moved.filter(({ net }) => net < 0));
  const say = (amount: number): string => formatMoney(money(amount, currency));
  const isRequested = status === 'requested';
  const total = isRequested ? (requestedAmount ?? left) : payout.fromPlatform + payout.fromAccount;
  const transferred = status === 'reserved' ? payout.fromPlatform : isRequested ? came : 0;
  if (left === 0 || left !== total) {
    return refuse('differs', `payouts of ${say(left)} left the account, not of ${say(total)}`);
  }
  if (came !== transferred || came > left) {
    return refuse(
      'differs',
      `transfers of ${say(came)} came to the account, not of ${say(transferred)}`,
    );
  }
  if (isRequested) return { kind: 'end', fromPlatform: came, fromAccount: left - came };
  return { kind: 'end', fromPlatform: payout.fromPlatform, fromAccount: payout.fromAccount };
}

/**
 * The payout ends because somebody else paid its money. Its earnings stay allocated to it.
 */
export function paidElsewhere(
  payout: Payout,
  plan: Extract<ElsewherePlan, { kind: 'end' }>,
  by: PaidBy,
  { reason, unsentKey }: ElsewhereBecause,
): Transition {
  const { fromPlatform, fromAccount } = plan;
  const status = payout.status as (typeof beforeStripeStatuses)[number];
  const parts = { fromPlatform: minor(fromPlatform), fromAccount: minor(fromAccount) };
  const carried = { ...moneyOf(payout), ...parts };
  return {
    ...begin(payout, payout.status),
    ...noDoubt,
    status: 'paid-elsewhere',
    wait: null,
    facts: {
      ...parts,
      ...('proof' in by
        ? { paidOutside: by.proof }
        : { paidBy: by.moved.map(({ stripeId }) => stripeId) }),
      paidReason: reason,
      overAt: now,
    },
    entries: elsewhereEntries(carried, status),
    // The check before the POST stops a worker that still uses this attempt.
    ...(unsentKey !== undefined && {
      attempt: { key: unsentKey, state: 'refused', refusal: 'called-off' },
    }),
    wakes: wakesOf(payout),
  };
}

/** Why a payout that somebody else paid is not returned. */
export type ReturnRefusal = 'not-paid-elsewhere' | 'at-stripe' | 'with-seller';

/**
 * Decides whether a person may say that the money of a payout which somebody else paid came back or
 * never arrived: null, or why not. What was paid at Stripe comes back at Stripe, and the engine
 * records this by itself. Outside Stripe, only a person knows. If the account left the platform
 * with the money, the platform does not have it.
 */
export function whyNotReturned(
  { status, transferId, fromAccount }: Payout,
  paidOutside: string | null,
): ReturnRefusal | null {
  if (status !== 'paid-elsewhere') return 'not-paid-elsewhere';
  if (paidOutside === null) return 'at-stripe';
  return transferId !== null || fromAccount > 0 ? 'with-seller' : null;
}

/**
 * The money of a payout that somebody else paid came back or never arrived, so it is owed again. At
 * Stripe, the account's books have moved the money already. Outside Stripe, it is at the platform.
 */
export function returnedElsewhere(
  payout: Payout,
  how: 'at-stripe' | { reason: string },
): Transition {
  return {
    ...begin(payout, 'paid-elsewhere'),
    status: 'returned',
    facts: { overAt: now, ...(how !== 'at-stripe' && { returnReason: how.reason }) },
    entries: how === 'at-stripe' ? [] : owedAgainEntries(moneyOf(payout)),
    releasesEarnings: true,
    wakes: [{ workflowId: sellerWorkflowId(payout.sellerId), topics: ['payouts'] }],
  };
}

function isBeforeStripe(status: PayoutStatus): boolean {
  const before: readonly PayoutStatus[] = beforeStripeStatuses;
  return before.includes(status);
}

function sum(moved: readonly UnorderedMoney[]): number {
  return moved.reduce((all, { net }) => all + net, 0);
}

function refuse(why: ElsewhereRefusal, difference?: string): ElsewherePlan {
  return { kind: 'refuse', why, ...(difference !== undefined && { difference }) };
}
