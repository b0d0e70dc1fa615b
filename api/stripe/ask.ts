import type { Stripe } from 'stripe';
import type { Endpoint } from '../../activities/stripe/budget.ts';
import { factsOf, judge } from '../../activities/stripe/errors.ts';
import type { StripeAccountId } from '../../domain/ids.ts';
import type { AppDeps } from '../http/context.ts';
import { Problem } from '../http/problems.ts';

/**
 * Sends Stripe a request whose answer is only shown or compared and never stored, within Stripe's
 * budgets.
 * Throws the problems `stripe-refused` and `stripe-unavailable`, which contain Stripe's code and
 * request id, never its message.
 */
export async function askStripe<T>(
  { stripeClient, turns, log }: Pick<AppDeps, 'stripeClient' | 'turns' | 'log'>,
  endpoint: Endpoint,
  ask: (stripe: Stripe) => Promise<T>,
): Promise<T> {
  await turns.take(endpoint);
  try {
    return await ask(stripeClient);
  } catch (error) {
    const facts = factsOf(error);
    const verdict = judge(error, true);
    log({ level: 'warn', event: 'stripe', endpoint, verdict: verdict.kind, ...facts });
    const named = [facts.code ?? facts.type, facts.requestId].filter((part) => part !== null);
    const says = named.length > 0 ? ` (${named.join(', ')})` : '';
    if (verdict.kind === 'refused') {
      throw new Problem('stripe-refused', `Stripe refused the request for this account${says}`);
    }
    const keyRefused = verdict.kind === 'retry' && verdict.type === 'StripeKeyRefused';
    const detail = keyRefused ? 'Stripe does not accept the engine’s key' : 'Try again';
    throw new Problem('stripe-unavailable', `${detail}${says}`, {
      headers: { 'retry-after': keyRefused ? '60' : '2' },
    });
  }
}

/**
 * The Stripe account of a seller. Throws the problems `seller-closed` and `account-not-created`.
 */
export function accountOf(seller: {
  status: string;
  stripeAccount: StripeAccountId | null;
}): StripeAccountId {
  if (seller.status === 'closed') throw new Problem('seller-closed', 'Reopen the seller first');
  if (seller.stripeAccount) return seller.stripeAccount;
  throw new Problem(
    'account-not-created',
    'The engine creates the account. `/v1/sellers/{sellerId}/explain` shows its progress',
    {
      headers: { 'retry-after': '2' },
    },
  );
}

/** Sums the amounts in one currency, from a list of amounts in Stripe's format. Minor units. */
export function sumIn(
  parts: readonly { currency: string; amount: number }[],
  currency: string,
): number {
  return parts
    .filter((part) => part.currency === currency)
    .reduce((sum, { amount }) => sum + amount, 0);
}
