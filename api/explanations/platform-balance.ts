import type { PayoutRecord } from '../../domain/explanations/facts.ts';
import { type Available, waitForPlatform } from '../../domain/explanations/payout-words.ts';
import { money } from '../../domain/money.ts';
import type { AppDeps } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { askStripe, sumIn } from '../stripe/ask.ts';

/** Short, so that an explanation does not wait long for Stripe. */
const patience = { timeout: 3000, maxNetworkRetries: 0 };

/**
 * Reads the platform's available balance from Stripe if one of these payouts waits for it.
 * Undefined if none waits for it, or if Stripe does not answer.
 */
export async function readAvailable(
  deps: AppDeps,
  payouts: readonly Pick<PayoutRecord, 'waitingFor'>[],
): Promise<Available | undefined> {
  if (!waitForPlatform(payouts)) return undefined;
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
