import type { ParkReason } from '../parking/reasons.ts';
import type { MoneyStep, RefusalKind } from '../stripe.ts';
import { waitNames, type WaitReason } from '../waits.ts';

/** What a payout does after a refusal. */
export type RefusalAnswer =
  { kind: 'wait'; for: WaitReason; minutes: number } | { kind: 'park'; reason: ParkReason };

const hour = 60;
const day = 24 * hour;

/**
 * Decides what follows a refusal: wait for a cause that time or the seller can remove, park for
 * every other. Events end the waits early; the minutes matter only if no event arrives. Which cause
 * a refusal has is decided in activities/stripe/errors.ts.
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
    case 'confirmed-not-sent':
    case 'other':
      return { kind: 'park', reason: 'refused-by-stripe' };
  }
}
