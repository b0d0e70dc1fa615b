import { readDoubtful, readExplained } from '../../db/stripe/doubts.ts';
import { sightingOf } from '../../domain/payouts/look-ups.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import {
  isDisconnected,
  isUnread,
  type Looked,
  readerOf,
  type StripeDeps,
} from '../stripe/call-once.ts';
import { listCandidates, type Search } from '../stripe/looks.ts';

/**
 * Looks at Stripe for what a step may have made, in the widest lists that Stripe has. A read that
 * fails is an answer too: nothing may be sent then.
 */
export async function lookFor(deps: StripeDeps, payout: Payout, step: MoneyStep): Promise<Looked> {
  const search = await searchOf(deps, payout, step);
  try {
    const candidates = await listCandidates(readerOf(deps), step, search);
    const ids = candidates.map(({ id }) => id);
    const explained = await readExplained(deps.db, payout.sellerId, ids);
    const sighting = sightingOf(payout, step, candidates, explained);
    return sighting ? { kind: 'seen', sighting } : { kind: 'nothing-seen' };
  } catch (error) {
    if (isUnread(error)) {
      return { kind: 'not-looked', isGone: isDisconnected(error), hours: search.hours };
    }
    throw error;
  }
}

/** Where to look for what a step made: from the first request of the step on. */
export async function searchOf(
  { db }: Pick<StripeDeps, 'db'>,
  payout: Payout,
  step: MoneyStep,
): Promise<Search & { hours: number }> {
  const { payoutId, now } = payout;
  const doubtful = await readDoubtful(db, payoutId, step);
  const { since, hours } = doubtful ?? { since: now, hours: null };
  return { payoutId, account: accountOf(payout), since, hours: hours ?? 0 };
}

/** The account that a payout leaves. Every call for the payout acts for this account. */
export function accountOf({ stripeAccount, payoutId }: Payout) {
  if (!stripeAccount) throw new Error(`a payout without an account: ${payoutId}`);
  return stripeAccount;
}
