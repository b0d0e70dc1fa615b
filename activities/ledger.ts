import { getClient } from '@temporalio/activity';
import type { Db } from '../db/connect.ts';
import { openPayday } from '../db/paydays.ts';
import { readPayout, recordPayoutStarted, reservePayout } from '../db/payouts.ts';
import { readSellerForWorkflow } from '../db/seller-steps.ts';
import type { PayoutId, SellerId } from '../domain/ids.ts';
import type { Payout } from '../domain/payout.ts';
import type { Seller } from '../domain/seller.ts';
import { paydaysAround } from './calendar.ts';
import { startPayoutWorkflow } from './starts.ts';

/** Steps in our own database; each may run twice and answers with the row that stands. */
export function createLedgerActivities({ db }: { db: Db }) {
  return {
    async readPayout({ payoutId }: { payoutId: PayoutId }): Promise<Payout> {
      return readPayout(db, payoutId);
    },

    async reservePayout({ payoutId }: { payoutId: PayoutId }): Promise<Payout> {
      return reservePayout(db, payoutId);
    },

    async readSeller({ sellerId }: { sellerId: SellerId }): Promise<Seller> {
      return readSellerForWorkflow(db, sellerId);
    },

    /** Orders what is due by the schedule and plans the next payday. */
    async openPayday({ sellerId }: { sellerId: SellerId }): Promise<Seller> {
      await openPayday(db, sellerId, paydaysAround);
      return readSellerForWorkflow(db, sellerId);
    },

    /** Starts the workflow of a requested payout and answers with its seller, who may have more. */
    async startPayout(order: { payoutId: PayoutId; sellerId: SellerId }): Promise<Seller> {
      await startPayoutWorkflow(getClient(), order);
      await recordPayoutStarted(db, order.payoutId);
      return readSellerForWorkflow(db, order.sellerId);
    },
  };
}
