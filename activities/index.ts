import { createAccountActivities } from './accounts/creation.ts';
import { createAccountWatchActivities } from './accounts/reads.ts';
import { createLedgerActivities } from './database.ts';
import { createJobActivities } from './jobs.ts';
import { createPlatformActivities } from './operations.ts';
import { createStripePayoutActivities } from './payouts/bank-payouts.ts';
import { createCancellationActivities } from './payouts/cancellations.ts';
import { createTransferActivities } from './payouts/transfers.ts';
import { createMovementActivities } from './reconciliation/balance-transactions.ts';
import { createReconciliationActivities, type Reconciliation } from './reconciliation/passes.ts';
import { compareSinceStart } from './recovery/comparison.ts';
import { claimRight } from './recovery/right-to-send.ts';
import { createSweepActivities } from './stripe-events/sweep.ts';
import type { StripeDeps } from './stripe/call-once.ts';

/** Creates every activity. */
export function createActivities(
  deps: StripeDeps & {
    lateReturnDays: number;
    bankCoolingHours: number;
    accountsAPass?: number;
    webhookUrl?: string | undefined;
    reconciliation?: Reconciliation;
  },
) {
  const money = {
    ...deps,
    compare: () => compareSinceStart(deps),
    claim: () => claimRight(deps, true),
  };
  return {
    ...createLedgerActivities(deps),
    ...createTransferActivities(money),
    ...createStripePayoutActivities(money),
    ...createCancellationActivities(money),
    ...createAccountActivities(money),
    ...createMovementActivities(deps),
    ...createAccountWatchActivities(money),
    ...createSweepActivities(deps),
    ...createReconciliationActivities(deps),
    ...createPlatformActivities(deps),
    ...createJobActivities(deps),
  };
}

/** The names, inputs and results of the activities, for workflows. */
export type Activities = ReturnType<typeof createActivities>;
