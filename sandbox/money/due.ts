import type { DueHandlers } from '../core/due.ts';
import { payOutByItself } from './automatic-payouts.ts';
import { decide, lapse } from './disputes.ts';
import { arrive, leave } from './payout-life.ts';
import { finishTopup } from './topups.ts';

/** What happens to money when its time comes. */
export const moneyDue: DueHandlers = {
  automatic_payout: payOutByItself,
  dispute_decided: decide,
  dispute_lapses: lapse,
  payout_arrives: arrive,
  payout_leaves: leave,
  topup_arrives: finishTopup,
};
