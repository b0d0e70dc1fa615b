import { ApplicationFailure, asyncLocalStorage } from '@temporalio/activity';
import type { Db } from '../db/connect.ts';
import { recordCheck, stripeAnswers } from '../db/operations/checks.ts';
import { recordAlive } from '../db/recovery/comparison.ts';
import { compareSinceStart } from './recovery/comparison.ts';
import { claimRight } from './recovery/right-to-send.ts';
import { isReadFailure, isUnread, readStripe, type StripeDeps } from './stripe/call-once.ts';
import { checkingRead } from './stripe/failed-reads.ts';

/** The checks of the platform's own account. */
export function createPlatformActivities(deps: StripeDeps) {
  return {
    /**
     * First compares this database with Stripe, which stops money if Stripe made something unknown
     * here, and looks at the right to send, which stops money if another engine has it. Then checks
     * that the platform's own payouts are manual: automatic payouts would send sellers' money to
     * the platform's bank before it is transferred (docs.stripe.com/connect/manual-payouts,
     * 2026-09).
     */
    async checkPlatformPayouts(): Promise<{ passed: boolean }> {
      const settings = await notingAnswer(deps.db, async () => {
        await compareSinceStart(deps);
        await claimRight(deps);
        await recordAlive(deps.db);
        return checkingRead(deps.db, 'platform-settings', () =>
          readStripe(deps, 'GET /v1/balance_settings', () =>
            deps.stripe.balanceSettings.retrieve(),
          ),
        );
      });
      const passed = settings.payments.payouts?.schedule?.interval === 'manual';
      const remedy = platformPayoutsRemedy;
      await recordCheck(deps.db, { name: 'platform-payouts-manual', passed, remedy });
      return { passed };
    },
  };
}

/** What is wrong if the platform's payouts are not manual, and the remedy. */
export const platformPayoutsRemedy =
  "The platform's own payouts are automatic and would take the sellers' money first. In the " +
  'Stripe Dashboard, under Settings, Payouts, set the payout schedule to manual.';

/**
 * Records whether Stripe answers, so that explanations can name an outage. One failed call is no
 * outage.
 */
async function notingAnswer<T>(db: Db, ask: () => Promise<T>): Promise<T> {
  const name = stripeAnswers;
  try {
    const answer = await ask();
    await recordCheck(db, { name, passed: true, remedy: stripeSilentRemedy });
    return answer;
  } catch (error) {
    // A refusal is an answer. A check of its own says what Stripe refuses.
    if (isUnread(error) && !isReadFailure(error)) {
      await recordCheck(db, { name, passed: true, remedy: stripeSilentRemedy });
      throw error;
    }
    const isStripes = error instanceof ApplicationFailure;
    // `npm run setup` calls this too, outside an activity, and reports the failure itself.
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
