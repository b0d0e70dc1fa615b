import { actingFor } from '../../activities/stripe/client.ts';
import { factsOf } from '../../activities/stripe/errors.ts';
import { listAccountsFor, listCandidates, type Reader } from '../../activities/stripe/looks.ts';
import { findToLookAt } from '../../db/payouts/commands.ts';
import { readExplained } from '../../db/stripe/doubts.ts';
import type { PayoutId, SellerId, StripeAccountId } from '../../domain/ids.ts';
import type { AccountSight } from '../../domain/payouts/cancellation.ts';
import { type Seen, type Sighting, sightingOf, unseen } from '../../domain/payouts/look-ups.ts';
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
  const hint = step === 'payout' ? leaving(payoutId) : '';
  const found = await orSay(() => listCandidates(readerOf(deps), step, search), hint);
  const ids = found.map(({ id }) => id);
  return sightingOf(payout, step, found, await readExplained(deps.db, payout.sellerId, ids));
}

/**
 * Looks at Stripe for the step whose outcome a person decides, if a look is due. Throws like
 * `lookForStep`.
 */
export async function lookBefore(
  deps: AppDeps,
  payoutId: PayoutId,
  before: 'confirm' | 'cancel',
): Promise<Seen> {
  const step = await findToLookAt(deps.db, payoutId, before);
  if (!step) return unseen;
  return { isLooked: true, key: step.key, sighting: await lookForStep(deps, step) };
}

/** The result of a look for which Stripe could not be read. Throws every other error again. */
export function unlooked(error: unknown): Seen {
  const isOfStripe = error instanceof Problem && error.kind.startsWith('stripe-');
  if (isOfStripe) return unseen;
  throw error;
}

/**
 * Looks at Stripe whether the account of a payout has left the platform, and whether the platform's
 * key still reads the payout's transfer. A key of another platform reads neither. Throws like
 * `lookForStep`.
 */
export async function lookForAccountOf(
  deps: AppDeps,
  payout: Payout,
  account: StripeAccountId | null,
): Promise<AccountSight> {
  const { transferId } = payout;
  if (account === null) return { hasLeft: false, isTransferred: false, account };
  const hasLeft = await orSay(() =>
    askStripe(deps, 'GET /v1/payouts', (stripe) =>
      stripe.payouts.list({ limit: 1 }, actingFor(account)).then(() => false, saysLeft),
    ),
  );
  if (transferId === null) return { hasLeft, isTransferred: payout.fromPlatform === 0, account };
  const isTransferred = await orSay(() =>
    askStripe(deps, 'GET /v1/transfers', (stripe) =>
      stripe.transfers.retrieve(transferId).then((made) => made.amount_reversed === 0, saysMissing),
    ),
  );
  return { hasLeft, isTransferred, account };
}

function saysLeft(error: unknown): true {
  const { statusCode, code } = factsOf(error);
  if (statusCode === 403 && code === 'account_invalid') return true;
  throw error;
}

function saysMissing(error: unknown): false {
  if (factsOf(error).statusCode === 404) return false;
  throw error;
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

function leaving(payoutId: PayoutId): string {
  return `. If the account has left the platform, send POST /v1/payouts/${payoutId}/leave-with-seller`;
}

/** `hint` says what to do if Stripe refused the look for good. */
async function orSay<T>(look: () => Promise<T>, hint = ''): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const why = `Stripe could not be asked, and this command is obeyed only after a look at Stripe. Nothing was changed`;
    const rest = error.kind === 'stripe-refused' ? hint : '';
    throw new Problem(error.kind, `${why}. ${error.message}${rest}`, error.extra);
  }
}
