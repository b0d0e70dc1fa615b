import { defineSignal } from '@temporalio/workflow';
import type { PayoutId, SellerId } from '../domain/ids.ts';
import type { WakeTopic } from '../domain/wake-ups.ts';

/** The task queue of workflows and database steps. */
export const engineQueue = 'engine';

/** The task queues of calls to Stripe. They are separate so that reads never delay a payout. */
export const stripeQueues = {
  payouts: 'stripe-payouts',
  transfers: 'stripe-transfers',
  reads: 'stripe-reads',
  rest: 'stripe-rest',
} as const;

/**
 * Notifies a workflow that something it waits for may have happened; the workflow then reads its
 * row.
 */
export const lookAgain = defineSignal<[topics: WakeTopic[]]>('lookAgain');

/** The input of `sellerLifecycle`. */
export type SellerInput = { sellerId: SellerId };

/** The input of `payout`. */
export type PayoutInput = { payoutId: PayoutId };
