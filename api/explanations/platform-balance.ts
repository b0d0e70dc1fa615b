import type { PayoutRecord } from '../../domain/explanations/facts.ts';
import { type Available, waitForPlatform } from '../../domain/explanations/payout-words.ts';
import type { AppDeps } from '../http/context.ts';
import { readAvailable } from '../stripe/available.ts';

/**
 * Reads the platform's available balance from Stripe if one of these payouts waits for it.
 * Undefined if none waits for it, or if Stripe does not answer.
 */
export async function readAvailableFor(
  deps: AppDeps,
  payouts: readonly Pick<PayoutRecord, 'waitingFor'>[],
): Promise<Available | undefined> {
  return waitForPlatform(payouts) ? readAvailable(deps) : undefined;
}
