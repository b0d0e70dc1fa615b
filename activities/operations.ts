import { ApplicationFailure, asyncLocalStorage } from '@temporalio/activity';
import type { Db } from '../db/connect.ts';
import { recordCheck, stripeAnswers } from '../db/operations/checks.ts';
import { compareSinceStart } from './recovery.ts';
import { readStripe, type StripeDeps } from './stripe/call-once.ts';

/** What is watched at the platform's own account. */
export function createPlatformActivities(deps: StripeDeps) {
  return {
    /**
     * What Stripe knows and this database does not stops money first. Then: automatic payouts of
     * the platform would sweep sellers' money to the platform's bank before
     * it is transferred (docs.stripe.com/connect/manual-payouts, 2026-09).
     */
    async checkPlatformPayouts(): Promise<{ passed: boolean }> {
      const settings = await notingAnswer(deps.db, async () => {
        await compareSinceStart(deps);
        return readStripe(deps, 'GET /v1/balance_settings', () =>
          deps.stripe.balanceSettings.retrieve(),
        );
      });
      const passed = settings.payments.payouts?.schedule?.interval === 'manual';
      const remedy = platformPayoutsRemedy;
      await recordCheck(deps.db, { name: 'platform-payouts-manual', passed, remedy });
      return { passed };
    },
  };
}

/** What is wrong, and what puts it right, where the platform's payouts are not manual. */
export const platformPayoutsRemedy =
  "The platform's own payouts are automatic and would take the sellers' money first. In the " +
  'Stripe Dashboard, under Settings, Payouts, set the payout schedule to manual.';

/** Notes whether Stripe answers, for whoever asks why nothing moves; one lost call is no outage. */
async function notingAnswer<T>(db: Db, ask: () => Promise<T>): Promise<T> {
  const name = stripeAnswers;
  try {
    const answer = await ask();
    await recordCheck(db, { name, passed: true, remedy: stripeSilentRemedy });
    return answer;
  } catch (error) {
    const isStripes = error instanceof ApplicationFailure;
    // Setup asks as well, outside an activity, and tells by itself.
    const { attempt = 1 } = asyncLocalStorage.getStore()?.info ?? {};
    if (isStripes && attempt > 1) {
      const remedy = `${error.message}. ${stripeSilentRemedy}`;
      await recordCheck(db, { name, passed: false, remedy });
    }
    throw error;
  }
}

const stripeSilentRemedy =
  'What is under way is asked again under the same keys and goes on by itself once Stripe answers. ' +
  'Is Stripe up (https://status.stripe.com), is the network, does Stripe take STRIPE_SECRET_KEY?';
