import { recordCancelAnswer } from '../../db/payouts/cancellations.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import { recordBack, recordWait } from '../../db/payouts/steps.ts';
import type { PayoutId } from '../../domain/ids.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import { waitNames } from '../../domain/waits.ts';
import { callOnce, type MoneyDeps } from '../stripe/call-once.ts';
import { actingFor, stripeApiVersion } from '../stripe/client.ts';
import { follow } from './bank-payouts.ts';
import { accountOf } from './looks.ts';
import { moneyStoppedMinutes } from './outcomes.ts';

/** The activity that cancels a payout that Stripe already has. */
export function createCancellationActivities(deps: MoneyDeps & { lateReturnDays: number }) {
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
          return recordBack(db, { ...payout, stripePayoutId }, why);
        }
        case 'money-stopped': {
          // While money is stopped, the payout continues at Stripe, so its state is read here.
          const row = await follow(deps, { ...payout, stripePayoutId });
          if (row.status !== 'sent') return row;
          return recordWait(db, row, {
            reason: waitNames.moneyStopped,
            minutes: moneyStoppedMinutes,
          });
        }
        case 'refused':
        case 'unknown':
          return recordCancelAnswer(db, payout, outcome.kind);
        case 'nothing-to-send':
          return readPayout(db, payoutId);
        case 'unexplained':
        case 'seen':
        case 'not-looked':
          // Stripe has the payout. What else exists in its name does not stop its cancellation.
          return recordCancelAnswer(db, payout, 'unknown');
      }
    },
  };
}
