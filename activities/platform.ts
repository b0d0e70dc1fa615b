import { recordCheck } from '../db/checks.ts';
import { compareSinceStart } from './restored.ts';
import { readStripe, type StripeDeps } from './money-call.ts';

/** What is watched at the platform's own account. */
export function createPlatformActivities(deps: StripeDeps) {
  return {
    /**
     * What Stripe knows and this database does not stops money first. Then: automatic payouts of
     * the platform would sweep sellers' money to the platform's bank before
     * it is transferred (docs.stripe.com/connect/manual-payouts, 2026-09).
     */
    async checkPlatformPayouts(): Promise<{ passed: boolean }> {
      await compareSinceStart(deps);
      const settings = await readStripe(deps, 'GET /v1/balance_settings', () =>
        deps.stripe.balanceSettings.retrieve(),
      );
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
