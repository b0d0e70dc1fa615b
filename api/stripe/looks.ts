import { listAccountsFor, listCandidates, type Reader } from '../../activities/stripe/looks.ts';
import { readExplained } from '../../db/stripe/doubts.ts';
import type { SellerId } from '../../domain/ids.ts';
import { type Sighting, sightingOf } from '../../domain/payouts/look-ups.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import type { AppDeps } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { askStripe } from './ask.ts';

/** A payout's step whose outcome a person decides, and since when Stripe may have acted on it. */
export type StepToLookAt = { payout: Payout; step: MoneyStep; since: string };

/**
 * Looks at Stripe for what a step may have made. Null if nothing is there. Throws `stripe-refused`
 * or `stripe-unavailable` if Stripe cannot be read.
 */
export async function lookForStep(
  deps: AppDeps,
  { payout, step, since }: StepToLookAt,
): Promise<Sighting | null> {
  const { payoutId, stripeAccount: account } = payout;
  if (account === null) throw new Error(`a payout without an account: ${payoutId}`);
  const search = { payoutId, account, since };
  const found = await orSay(() => listCandidates(readerOf(deps), step, search));
  const ids = found.map(({ id }) => id);
  return sightingOf(payout, step, found, await readExplained(deps.db, payout.sellerId, ids));
}

/** Looks at Stripe for an account that was created for a seller. Throws like `lookForStep`. */
export async function lookForAccount(
  deps: AppDeps,
  search: { sellerId: SellerId; since: string },
): Promise<string | null> {
  const [found] = await orSay(() => listAccountsFor(readerOf(deps), search));
  return found ?? null;
}

/** Creates the problem of a command that what exists at Stripe speaks against. */
export function foundAtStripe(says: string, remedy: string): Problem {
  return new Problem('found-at-stripe', `Found: ${says}. Nothing was changed. ${remedy}`);
}

function readerOf(deps: AppDeps): Reader {
  const read: Reader['read'] = (endpoint, ask) => askStripe(deps, endpoint, ask);
  return { stripe: deps.stripeClient, read };
}

async function orSay<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const why = `Stripe could not be asked, and this command is obeyed only after a look at Stripe. Nothing was changed`;
    throw new Problem(error.kind, `${why}. ${error.message}`, error.extra);
  }
}
