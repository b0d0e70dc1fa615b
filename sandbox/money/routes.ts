import { chargeRoutes } from '../charges/routes.ts';
import { disputeRoutes } from '../disputes/routes.ts';
import { warningRoutes } from '../disputes/warnings.ts';
import type { Route } from '../http/routes.ts';
import { balanceSettingsRoutes } from '../payouts/balance-settings.ts';
import { payoutRoutes } from '../payouts/routes.ts';
import { refundRoutes } from '../refunds/routes.ts';
import { topupRoutes } from '../topups/routes.ts';
import { reversalRoutes } from '../transfers/reversal-routes.ts';
import { transferRoutes } from '../transfers/routes.ts';

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
