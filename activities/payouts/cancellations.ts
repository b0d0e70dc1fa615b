import { recordCancelAnswer } from '../../db/payouts/cancellations.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import { recordReturn } from '../../db/reconciliation/stopped-payouts.ts';
import type { PayoutId } from '../../domain/ids.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import { callOnce, type MoneyDeps } from '../stripe/call-once.ts';
import { actingFor, stripeApiVersion } from '../stripe/client.ts';
import { accountOf } from './looks.ts';

/** The activity that cancels a payout that Stripe already has. */
export function createCancellationActivities(deps: MoneyDeps) {
  const { stripe, db } = deps;
  return {
    /** Asks Stripe to cancel a payout. Returns our payout as stored afterwards. */
    async cancelPayout({ payoutId }: { payoutId: PayoutId }): Promise<Payout> {
      const payout = await readPayout(db, payoutId);
      const { stripePayoutId } = payout;
      if (payout.status !== 'sent' || !payout.cancelAsked || !stripePayoutId) return payout;
      const account = accountOf(payout);
      const asked = {
        endpoint: 'POST /v1/payouts/cancel' as const,
        objectId: payoutId,
        step: 'cancel',
        account,
        apiVersion: stripeApiVersion,
        request: {},
      };
      const outcome = await callOnce(deps, asked, (_attempt, options) =>
        stripe.payouts.cancel(stripePayoutId, {}, { ...options, ...actingFor(account) }),
      );
      switch (outcome.kind) {
        case 'succeeded': {
          const why = { status: 'canceled' as const, failureCode: null, key: outcome.key };
          return recordReturn(db, { ...payout, stripePayoutId }, why);
        }
        case 'refused':
        case 'unknown':
          return recordCancelAnswer(db, payout, outcome.kind);
        case 'nothing-to-send':
          return readPayout(db, payoutId);
        case 'money-stopped':
        case 'braked':
        case 'unexplained':
        case 'uncompared':
        case 'seen':
        case 'not-looked':
          // Nothing stops a request that takes money back: `clearanceOf` and `openingOf`.
          throw new Error(`a cancellation was stopped: ${outcome.kind}`);
      }
    },
  };
}
