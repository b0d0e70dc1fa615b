import type { Route } from '../http/routes.ts';
import { payoutRoutes } from './payout-routes.ts';
import { transferRoutes } from './transfer-routes.ts';

/** Everything that moves money: transfers, payouts, charges, top-ups and their settings. */
export const moneyRoutes: Route[] = [...transferRoutes, ...payoutRoutes];
