import type { Stripe } from 'stripe';
import type { Endpoint } from '../../activities/stripe/budget.ts';
import { factsOf, judge } from '../../activities/stripe/errors.ts';
import type { StripeAccountId } from '../../domain/ids.ts';
import type { AppDeps } from '../http/context.ts';
import { Problem } from '../http/problems.ts';

/**
 * Asks Stripe for what is only shown and never kept, within its budgets. Its refusals become
 * problems that carry Stripe's code and request id, never its message.
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
      throw new Problem('stripe-refused', `Stripe says no to this account${says}`);
    }
    const keyRefused = verdict.kind === 'retry' && verdict.type === 'StripeKeyRefused';
    const detail = keyRefused ? 'Stripe does not take the engine’s key' : 'Try again';
    throw new Problem('stripe-unavailable', `${detail}${says}`, {
      headers: { 'retry-after': keyRefused ? '60' : '2' },
    });
  }
}

/** The account of a seller, or the refusal that there is none yet. */
export function accountOf(seller: {
  status: string;
  stripeAccount: StripeAccountId | null;
}): StripeAccountId {
  if (seller.status === 'closed') throw new Problem('seller-closed', 'It is not changed any more');
  if (seller.stripeAccount) return seller.stripeAccount;
  throw new Problem('account-not-created', 'The engine creates it; see /explain of the seller', {
    headers: { 'retry-after': '2' },
  });
}

/** What a list of Stripe's has in one currency. */
export function sumIn(
  parts: readonly { currency: string; amount: number }[],
  currency: string,
): number {
  return parts
    .filter((part) => part.currency === currency)
    .reduce((sum, { amount }) => sum + amount, 0);
}
