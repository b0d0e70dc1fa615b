import type { Db } from '../../db/connect.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import { parkPayout, recordNotFound, recordWait } from '../../db/payouts/steps.ts';
import { findAttempt } from '../../db/stripe/attempts.ts';
import { addWakeUps } from '../../db/wake-ups.ts';
import { sellerWorkflowId } from '../../domain/ids.ts';
import { parkNames } from '../../domain/parking/reasons.ts';
import { type Candidate, differenceOf, missing } from '../../domain/payouts/confirmations.ts';
import { answerTo } from '../../domain/payouts/after-refusal.ts';
import { stopBeforeSending, wasSentBefore } from '../../domain/payouts/sending.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import { waitNames } from '../../domain/waits.ts';
import { type CallOutcome, isDisconnected, isForbidden } from '../stripe/call-once.ts';

/** How long a payout waits at most while money is stopped; resuming wakes it earlier. */
export const moneyStoppedMinutes = 60;

/**
 * Records what stops a step before it is sent, and returns the payout; undefined if nothing does. A
 * step that was sent once continues: Stripe may have done it, and only Stripe's answer tells.
 */
export async function waitBeforeSending(
  db: Db,
  payout: Payout,
  step: MoneyStep,
): Promise<Payout | undefined> {
  const stop = stopBeforeSending(payout, step);
  if (stop === null) return undefined;
  const attempt = await findAttempt(db, payout.payoutId, step);
  if (wasSentBefore(attempt)) return undefined;
  return recordWait(db, payout, stop);
}

/** Writes down what an attempt that did not succeed means for its payout. */
export async function answerOutcome(
  db: Db,
  payout: Payout,
  step: MoneyStep,
  outcome: Exclude<CallOutcome<unknown>, { kind: 'succeeded' }>,
): Promise<Payout> {
  switch (outcome.kind) {
    case 'nothing-to-send':
      return readPayout(db, payout.payoutId);
    case 'unknown':
      return recordNotFound(db, payout, step);
    case 'money-stopped':
      return recordWait(db, payout, {
        reason: waitNames.moneyStopped,
        minutes: moneyStoppedMinutes,
      });
    case 'refused': {
      const answer = answerTo(outcome.refusal, step);
      if (answer.kind === 'park') return parkPayout(db, payout, answer.reason);
      const waits = await recordWait(db, payout, { reason: answer.for, minutes: answer.minutes });
      if (answer.for === waitNames.bankDetails && isOtherBank(outcome.request, waits)) {
        return recordWait(db, waits, { reason: waitNames.bankDetails, minutes: 0 });
      }
      if (answer.for === 'account-balance') {
        // What was set aside is not there: somebody else may have moved it.
        const workflowId = sellerWorkflowId(payout.sellerId);
        await addWakeUps(db, [{ workflowId, topics: ['money'] }]);
      }
      return waits;
    }
  }
}

/** The bank account that was named is not the one any more: the next attempt names another. */
function isOtherBank({ destination }: Record<string, unknown>, { paysTo }: Payout): boolean {
  return destination !== undefined && Boolean(paysTo) && destination !== paysTo;
}

const { outcomeUnknown, unexpectedState } = parkNames;

const keyMayNotLook = 'Stripe does not let this key look';
const accountGone = 'its account has left the platform, so nobody can look';

/** How to look for what was made of a step, and how to write down the one that is it. */
type LookUp<T> = {
  find: () => Promise<readonly T[]>;
  toCandidate: (object: T) => Candidate;
  record: (object: T) => Promise<Payout>;
};

/**
 * Looks, and writes down what was found. Nothing is booked that is not what was ordered: what a
 * person named wrongly leaves the outcome as unknown as it was, and says why. A key that may not
 * look is put right, so it looks again as after finding nothing; an account that has left stays
 * unread, and only a person can find out.
 */
export async function answerLookUp<T>(
  db: Db,
  payout: Payout,
  step: MoneyStep,
  { find, toCandidate, record }: LookUp<T>,
): Promise<Payout> {
  const { namedStripeId: named } = payout;
  const found = await find().catch((error: unknown) => {
    if (isDisconnected(error)) return 'gone';
    if (isForbidden(error)) return 'forbidden';
    throw error;
  });
  if (found === 'gone') return parkPayout(db, payout, outcomeUnknown, accountGone);
  if (found === 'forbidden') return recordNotFound(db, payout, step, keyMayNotLook);
  // What was taken back whole does not stand in the way of the one that stands.
  const standing = found.filter((one) => toCandidate(one).takenBack !== 'all');
  const [object] = standing.length > 0 ? standing : found;
  if (!object) {
    if (!named) return recordNotFound(db, payout, step);
    return parkPayout(db, payout, outcomeUnknown, missing(named, step, payout));
  }
  const difference =
    standing.length > 1
      ? `Stripe has it ${standing.length} times`
      : differenceOf(payout, step, toCandidate(object));
  if (difference === null) return record(object);
  // Where all that was made was taken back, a person may say that nothing moved, and it goes anew.
  const isOpen = named !== null || standing.length === 0;
  return parkPayout(db, payout, isOpen ? outcomeUnknown : unexpectedState, difference);
}
