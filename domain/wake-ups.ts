/** The search attributes in the Temporal UI. They contain ids and states, never personal data. */
export const searchAttributes = {
  sellerId: { name: 'SellerId', type: 'KEYWORD' },
  stripeAccount: { name: 'StripeAccount', type: 'KEYWORD' },
  sellerStatus: { name: 'SellerStatus', type: 'KEYWORD' },
  payoutStatus: { name: 'PayoutStatus', type: 'KEYWORD' },
  holdReason: { name: 'HoldReason', type: 'KEYWORD_LIST' },
  country: { name: 'Country', type: 'KEYWORD' },
  currency: { name: 'Currency', type: 'KEYWORD' },
  nextPayoutAt: { name: 'NextPayoutAt', type: 'DATETIME' },
  needsOperator: { name: 'NeedsOperator', type: 'BOOL' },
} as const;

/** What a wake-up can be about. One wake-up may have several topics. */
export type WakeTopic = 'account' | 'money' | 'payouts' | 'deadline' | 'reopened';

/** A wake-up: the workflow that must read its row again, and the topics. */
export type Wake = { workflowId: string; topics: WakeTopic[] };
