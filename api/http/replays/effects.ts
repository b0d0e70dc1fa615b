import { listUnpaused } from '../../../db/attention/bulk-runs.ts';
import type { CommandAnswer, StillApplies } from '../../../db/commands.ts';
import type { Db } from '../../../db/connect.ts';
import { findEarning } from '../../../db/earnings/views.ts';
import { findHold } from '../../../db/holds.ts';
import { findStop } from '../../../db/money-stops/rows.ts';
import { findPayout } from '../../../db/payouts/views.ts';
import { findPause } from '../../../db/sellers/pauses.ts';
import { findSeller } from '../../../db/sellers/rows.ts';
import type { BrakeKind } from '../../../domain/commands/kinds.ts';
import {
  isAttentionListId,
  isEarningId,
  isHoldId,
  isMoneyStopId,
  isPayoutId,
  isSellerId,
  isSellerPauseId,
} from '../../../domain/ids.ts';
import { paysByItself } from '../../../domain/paydays/schedule.ts';
import { isInFlight } from '../../../domain/payouts/states.ts';

/**
 * The question for each brake whether its effect still applies. A hold that expired did what it was
 * ordered to do. A payout that Stripe refused to cancel is asked about again, and the refusal then
 * says so.
 */
const effects: Record<BrakeKind, StillApplies> = {
  'stop-money': async (db, { objectId }) => {
    const stop = isMoneyStopId(objectId) ? await findStop(db, objectId) : undefined;
    return stop?.liftedAt === null;
  },
  'place-hold': async (db, { objectId }) => {
    const hold = isHoldId(objectId) ? await findHold(db, objectId) : undefined;
    return hold !== undefined && hold.state !== 'released';
  },
  'pause-seller': async (db, { objectId, body }) => {
    const pauseId = String(body['pauseId']);
    if (!isSellerId(objectId) || !isSellerPauseId(pauseId)) return false;
    return (await findPause(db, { sellerId: objectId, pauseId }))?.liftedAt === null;
  },
  'close-seller': async (db, { objectId }) => {
    const seller = isSellerId(objectId) ? await findSeller(db, objectId) : undefined;
    return seller?.status === 'closed';
  },
  'withdraw-earning': async (db, { objectId }) => {
    const earning = isEarningId(objectId) ? await findEarning(db, objectId) : undefined;
    return earning !== undefined && earning.withdrawnAt !== null;
  },
  'cancel-payout': isCalledOff,
  'confirm-not-sent': isCalledOff,
  // A revoked API key never becomes valid again.
  'revoke-api-key': async () => true,
  'update-seller': async (db, { objectId }) => {
    const seller = isSellerId(objectId) ? await findSeller(db, objectId) : undefined;
    return seller !== undefined && !paysByItself(seller.schedule);
  },
  // Only a list that pauses sellers is a brake.
  'run-attention': async (db, { objectId }) => {
    return !isAttentionListId(objectId) || (await listUnpaused(db, objectId)).length === 0;
  },
};

/** True for a payout that is canceled, or whose order to cancel stands until Stripe answers. */
async function isCalledOff(db: Db, { objectId }: CommandAnswer): Promise<boolean> {
  const payout = isPayoutId(objectId) ? await findPayout(db, objectId) : undefined;
  if (!payout) return false;
  const { status, cancelOrderedAt, cancelAnswer } = payout;
  const stands = cancelOrderedAt !== null && (cancelAnswer === null || cancelAnswer === 'unknown');
  const isOpen = isInFlight(status) || status === 'sent';
  return status === 'canceled' || (isOpen && stands);
}

/** Returns the question whether the effect of a brake still applies. */
export function effectOf(kind: BrakeKind): StillApplies {
  return effects[kind];
}
