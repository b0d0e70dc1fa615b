import type { DueHandlers } from '../core/due.ts';
import { decide, lapse } from '../disputes/life.ts';
import { payOutByItself } from '../payouts/automatic.ts';
import { arrive, leave } from '../payouts/life.ts';
import { finishTopup } from '../topups/life.ts';

/** What happens to money when its time comes. */
export const moneyDue: DueHandlers = {
  automatic_payout: payOutByItself,
  dispute_decided: decide,
  dispute_lapses: lapse,
  payout_arrives: arrive,
  payout_leaves: leave,
  topup_arrives: finishTopup,
};
