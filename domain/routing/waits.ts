/** Stripe does not let the platform send money to the seller's account. */
export const noRoute = 'no-route' as const;

/** What a seller may know about money that Stripe does not let the platform send to the country. */
export const noRouteForSeller =
  'We cannot send money to accounts in your country at present, and we have been told. Your money is safe. You do not need to do anything.';

/** Replaces the reason of a route where only the wait is known. */
const unknownReason = 'Stripe does not let the platform send money to the seller’s account';

/** The row of `sellerParks` about a seller to whom the platform owes money without a route. */
export const routeParks = {
  [noRoute]: {
    says: (_: unknown, whyNoRoute: string | null) =>
      `${whyNoRoute ?? unknownReason}. Money at the platform is owed to the seller, and nothing is sent to Stripe. Pay the seller in another way and record the payment, or wait until Stripe opens the route. The seller’s explanation names the amounts`,
    commands: [
      {
        name: 'payouts',
        when: 'You paid the seller in another way: order exactly the paid amount, in minor units. The payout waits, and its `paid-elsewhere` records the payment',
        body: { amount: '...', currency: '...' },
      },
    ],
  },
};

type WaitingOrder = { payoutId?: string; status?: string; requestedAmount?: number | null };

/** The rows of `waits` about the way of the platform's money to the seller. */
export const routeWaits = {
  [noRoute]: {
    ui: 'a route by which Stripe lets the platform’s money reach the seller',
    onPayday:
      'Stripe does not let the platform send money to the seller’s account. The money stays owed',
    says: (_: unknown, { whyNoRoute }: { whyNoRoute?: string | null }) =>
      `${whyNoRoute ?? unknownReason}. Nothing is sent to Stripe, and the money stays owed`,
    actor: 'operator',
    liftedBy: 'Paying the seller in another way and recording it, or a route that Stripe opens',
    commands: ({ payoutId, status, requestedAmount }: WaitingOrder) => {
      if (payoutId === undefined) return [];
      // A payout of everything has no amount yet, so it cannot record a payment.
      const hasAmount = status !== 'requested' || requestedAmount !== null;
      return [`/v1/payouts/${payoutId}/${hasAmount ? 'paid-elsewhere' : 'cancel'}`];
    },
    isOfAccount: true,
  },
} as const;
