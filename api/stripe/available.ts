import type { Available } from '../../domain/explanations/payout-words.ts';
import { money } from '../../domain/money.ts';
import type { AppDeps } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { askStripe, sumIn } from './ask.ts';

/** Short, so that an answer does not wait long for Stripe. */
const patience = { timeout: 3000, maxNetworkRetries: 0 };

/** Reads the platform's available balance from Stripe. Undefined if Stripe does not answer. */
export async function readAvailable(deps: AppDeps): Promise<Available | undefined> {
  try {
    const { available } = await askStripe(deps, 'GET /v1/balance', (stripe) =>
      stripe.balance.retrieve({}, patience),
    );
    return (currency) => money(sumIn(available, currency), currency);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
