import type { Route } from '../http/routes.ts';
import { balanceSettingsRoutes } from './balance-settings.ts';
import { chargeRoutes } from './charge-routes.ts';
import { disputeRoutes } from './dispute-routes.ts';
import { warningRoutes } from './early-fraud-warnings.ts';
import { payoutRoutes } from './payout-routes.ts';
import { refundRoutes } from './refund-routes.ts';
import { reversalRoutes } from './reversal-routes.ts';
import { topupRoutes } from './topup-routes.ts';
import { transferRoutes } from './transfer-routes.ts';

/** Everything that moves money: transfers, payouts, charges, top-ups and their settings. */
export const moneyRoutes: Route[] = [
  ...transferRoutes,
  ...reversalRoutes,
  ...payoutRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...warningRoutes,
  ...topupRoutes,
  ...balanceSettingsRoutes,
];
