/** Every workflow that the worker runs. The names are permanent, because histories contain them. */
export { payout } from './payout.ts';
export { sellerLifecycle } from './seller-lifecycle.ts';
export { accounts } from './jobs/accounts.ts';
export { reconciliation } from './jobs/reconciliation.ts';
export { relay } from './jobs/relay.ts';
export { revive } from './jobs/revive.ts';
export { sweep } from './jobs/sweep.ts';
