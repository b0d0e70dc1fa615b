import { defineSignal } from '@temporalio/workflow';
import type { PayoutId, SellerId } from '../domain/ids.ts';
import type { WakeTopic } from '../domain/wake-ups.ts';

/** The queue of workflows and database steps. */
export const engineQueue = 'engine';
/** Queues of calls to Stripe, apart so that reads never keep a payout waiting. */
export const stripeQueues = {
  payouts: 'stripe-payouts',
  transfers: 'stripe-transfers',
  reads: 'stripe-reads',
  rest: 'stripe-rest',
} as const;

/** Says that something a workflow waits for may have happened; it then asks the rows. */
export const lookAgain = defineSignal<[topics: WakeTopic[]]>('lookAgain');

export type SellerInput = { sellerId: SellerId };
export type PayoutInput = { payoutId: PayoutId };
