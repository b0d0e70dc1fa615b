/** Every workflow that the worker runs; the names are permanent, histories hold them. */
export { payout } from './payout.ts';
export { sellerLifecycle } from './seller-lifecycle.ts';
export { accounts } from './jobs/accounts.ts';
export { reconciliation } from './jobs/reconciliation.ts';
export { relay } from './jobs/relay.ts';
export { revive } from './jobs/revive.ts';
export { sweep } from './jobs/sweep.ts';
