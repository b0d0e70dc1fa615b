import type { PayoutRecord } from '../../domain/explanations/facts.ts';
import type { Available } from '../../domain/explanations/payout-words.ts';
import { money } from '../../domain/money.ts';
import { waitNames } from '../../domain/waits.ts';
import type { AppDeps } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { askStripe, sumIn } from '../stripe/ask.ts';

/** Nobody who asks why a payout waits is kept waiting for Stripe. */
const patience = { timeout: 3000, maxNetworkRetries: 0 };

/**
 * Asks Stripe what is available while one of these payouts waits for that; nothing where none
 * does, or where Stripe does not say it now.
 */
export async function readAvailable(
  deps: AppDeps,
  payouts: readonly Pick<PayoutRecord, 'waitingFor'>[],
): Promise<Available | undefined> {
  if (!payouts.some(({ waitingFor }) => waitingFor === waitNames.platformBalance)) return undefined;
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
