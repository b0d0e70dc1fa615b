import { parkNames, type ParkReason } from '../parking/reasons.ts';
import type { MoneyStep, RefusalKind } from '../stripe.ts';
import { waitNames, type WaitReason } from '../waits.ts';

/** What a payout does after a refusal. It waits at most `minutes`. */
export type RefusalAnswer =
  | { kind: 'wait'; for: WaitReason; minutes: number }
  | { kind: 'park'; reason: ParkReason; detail?: string };

const quarter = 15;
const hour = 60;
const day = 24 * hour;

/** Says that the account has left the platform, for an operator. */
const accountLeft = 'its account has left the platform, so nothing can be sent from it';

/**
 * Decides what a payout does after a refusal. It waits if time, the seller or another key can
 * remove the cause; otherwise it is parked. Events can end a wait early; the minutes count only if
 * no event arrives. activities/stripe/errors.ts decides which kind of refusal Stripe's answer is.
 */
export function answerTo(refusal: RefusalKind, step: MoneyStep): RefusalAnswer {
  switch (refusal) {
    case 'balance-insufficient': {
      const place = step === 'transfer' ? waitNames.platformBalance : waitNames.accountBalance;
      return { kind: 'wait', for: place, minutes: hour };
    }
    case 'capability-missing':
      return { kind: 'wait', for: waitNames.capability, minutes: day };
    case 'bank-details':
      return { kind: 'wait', for: waitNames.bankDetails, minutes: day };
    case 'limit-reached':
      return { kind: 'wait', for: 'stripe-limit', minutes: hour };
    case 'permission-missing':
      return { kind: 'wait', for: waitNames.stripeKey, minutes: quarter };
    case 'account-left':
      if (step === 'transfer') return { kind: 'park', reason: parkNames.refused };
      return { kind: 'park', reason: parkNames.unexpectedState, detail: accountLeft };
    case 'confirmed-not-sent':
    case 'called-off':
    case 'other':
      return { kind: 'park', reason: parkNames.refused };
  }
}
