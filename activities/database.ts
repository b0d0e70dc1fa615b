import { getClient } from '@temporalio/activity';
import type { Db } from '../db/connect.ts';
import { openPayday } from '../db/paydays/rows.ts';
import { reservePayout } from '../db/payouts/reservation.ts';
import { readPayout, recordPayoutStarted } from '../db/payouts/rows.ts';
import { type PayoutId, type SellerId, sellerWorkflowId } from '../domain/ids.ts';
import type { Payout } from '../domain/payouts/states.ts';
import type { Seller } from '../domain/sellers.ts';
import { engineQueue } from '../workflows/messages.ts';
import { paydaysAround } from './paydays/calendar.ts';
import { readSellerToShow } from './explanations.ts';
import { deliverWakeUp } from './wake-ups/delivery.ts';
import { startPayoutWorkflow } from './wake-ups/starts.ts';

/** The steps in our own database. A step that runs twice returns the same stored row. */
export function createLedgerActivities({ db }: { db: Db }) {
  return {
    async readPayout({ payoutId }: { payoutId: PayoutId }): Promise<Payout> {
      return readPayout(db, payoutId);
    },

    async reservePayout({ payoutId }: { payoutId: PayoutId }): Promise<Payout> {
      const payout = await reservePayout(db, payoutId);
      if (payout.status === 'skipped' && payout.othersWait) void tellSeller(payout);
      return payout;
    },

    async readSeller({ sellerId }: { sellerId: SellerId }): Promise<Seller> {
      return readSellerToShow(db, sellerId);
    },

    /** Orders the payouts that are due by the schedule and plans the next payday. */
    async openPayday({ sellerId }: { sellerId: SellerId }): Promise<Seller> {
      await openPayday(db, sellerId, paydaysAround);
      return readSellerToShow(db, sellerId);
    },

    /**
     * Starts the workflow of a requested payout. Returns its seller, who may have more payouts to
     * start.
     */
    async startPayout(order: { payoutId: PayoutId; sellerId: SellerId }): Promise<Seller> {
      await startPayoutWorkflow(getClient(), order);
      await recordPayoutStarted(db, order.payoutId);
      return readSellerToShow(db, order.sellerId);
    },
  };
}

/**
 * Wakes the seller immediately, so that the next payout does not wait for the stored wake-up, which
 * arrives in any case.
 */
async function tellSeller({ sellerId }: Payout): Promise<void> {
  const target = { client: getClient(), taskQueue: engineQueue };
  const wakeUp = { workflowId: sellerWorkflowId(sellerId), topics: ['payouts' as const] };
  await deliverWakeUp(target, wakeUp).catch(() => undefined);
}
