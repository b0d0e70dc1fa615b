import { createAccountWatchActivities } from './account-reads.ts';
import { createAccountActivities } from './accounts.ts';
import { createMovementActivities } from './balance-transactions.ts';
import { createCancellationActivities } from './cancellations.ts';
import { createJobActivities } from './jobs.ts';
import { createLedgerActivities } from './ledger.ts';
import type { StripeDeps } from './money-call.ts';
import { createPlatformActivities } from './platform.ts';
import { createReconciliationActivities, type Reconciliation } from './reconciliation.ts';
import { compareSinceStart } from './restored.ts';
import { createStripePayoutActivities } from './stripe-payouts.ts';
import { createSweepActivities } from './sweep.ts';
import { createTransferActivities } from './transfers.ts';

/** Every activity, made from what it works with. */
export function createActivities(
  deps: StripeDeps & {
    lateReturnDays: number;
    bankCoolingHours: number;
    accountsAPass?: number;
    reconciliation?: Reconciliation;
  },
) {
  const money = { ...deps, compare: () => compareSinceStart(deps) };
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

/** What workflows know of activities: their names, inputs and answers. */
export type Activities = ReturnType<typeof createActivities>;
