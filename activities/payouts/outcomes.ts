import type { Db } from '../../db/connect.ts';
import { finishCancellation } from '../../db/payouts/cancellations.ts';
import { recordDoubt } from '../../db/payouts/doubts.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import { replaceHeldPayout } from '../../db/payouts/shortfalls.ts';
import {
  parkPayout,
  recordNotFound,
  recordNothingUnknown,
  recordWait,
} from '../../db/payouts/steps.ts';
import { recordAllDenied } from '../../db/stripe/answers.ts';
import { type Attempt, findAttempt } from '../../db/stripe/attempts.ts';
import { findUnexplained, listUnknownMade, readDoubtful } from '../../db/stripe/doubts.ts';
import { recordUnknownMade } from '../../db/recovery/comparison.ts';
import { addWakeUps } from '../../db/wake-ups.ts';
import { sellerWorkflowId } from '../../domain/ids.ts';
import { parkNames } from '../../domain/parking/reasons.ts';
import { type Candidate, differenceOf, missing } from '../../domain/payouts/confirmations.ts';
import { answerTo } from '../../domain/payouts/after-refusal.ts';
import {
  couldNotLook,
  lookAgainMinutes,
  lookLimitHours,
  sayUnexplained,
} from '../../domain/payouts/look-ups.ts';
import {
  type Brake,
  mayHaveBeenDone,
  stopBeforeSending,
  waitOfBrake,
} from '../../domain/payouts/sending.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import { waitNames } from '../../domain/waits.ts';
import {
  type CallOutcome,
  isDisconnected,
  isForbidden,
  type StripeDeps,
} from '../stripe/call-once.ts';
import { lookFor } from './looks.ts';

/**
 * The maximum minutes that a payout waits while money is stopped. Lifting the last stop wakes the
 * payout earlier.
 */
export const moneyStoppedMinutes = 60;

/**
 * Records what prevents a step from being sent, and returns the waiting payout. Returns undefined
 * if nothing prevents the step. A step that Stripe may have carried out continues, because only
 * Stripe's answer shows whether it did.
 */
export async function waitBeforeSending(
  db: Db,
  payout: Payout,
  step: MoneyStep,
): Promise<Payout | undefined> {
  const stop = stopBeforeSending(payout, step);
  if (stop === null) return undefined;
  const attempt = await findAttempt(db, payout.payoutId, step);
  if (mayHaveBeenDone(attempt)) return undefined;
  return recordWait(db, payout, stop);
}

/** Records what an attempt that did not succeed means for its payout. */
export async function answerOutcome(
  deps: StripeDeps,
  payout: Payout,
  step: MoneyStep,
  outcome: Exclude<CallOutcome<unknown>, { kind: 'succeeded' }>,
): Promise<Payout> {
  const { db } = deps;
  switch (outcome.kind) {
    case 'nothing-to-send':
      return readPayout(db, payout.payoutId);
    case 'braked':
      return answerBrake(deps, payout, step, outcome);
    case 'unknown':
      return recordNotFound(db, payout, step);
    case 'money-stopped':
      return recordWait(db, payout, {
        reason: waitNames.moneyStopped,
        minutes: moneyStoppedMinutes,
      });
    case 'uncompared':
      return recordWait(db, payout, { reason: waitNames.unreadAccount, minutes: 60 });
    case 'unexplained':
      return answerUnexplained(db, payout, step);
    case 'seen': {
      const { isNamed, says } = outcome.sighting;
      // A look-up finds and books an object that names the payout. A person must see any other one.
      return recordDoubt(db, payout, { step, detail: isNamed ? null : says, isMade: isNamed });
    }
    case 'not-looked':
      return answerNotLooked(db, payout, step, outcome);
    case 'refused': {
      const answer = answerTo(outcome.refusal, step);
      if (answer.kind === 'park') return parkPayout(db, payout, answer.reason, answer.detail);
      const waits = await recordWait(db, payout, { reason: answer.for, minutes: answer.minutes });
      if (answer.for === waitNames.bankDetails && isOtherBank(outcome.request, waits)) {
        return recordWait(db, waits, { reason: waitNames.bankDetails, minutes: 0 });
      }
      if (answer.for === 'account-balance') {
        // The reserved money is not at the account: somebody else may have moved it.
        const workflowId = sellerWorkflowId(payout.sellerId);
        await addWakeUps(db, [{ workflowId, topics: ['money'] }]);
      }
      return waits;
    }
  }
}

/**
 * Records what keeps a step from being sent, although its money is reserved. Nothing of the step
 * was carried out.
 */
async function answerBrake(
  deps: StripeDeps,
  payout: Payout,
  step: MoneyStep,
  { brake, holdEndsAt }: { brake: Brake; holdEndsAt: string | null },
): Promise<Payout> {
  const { db } = deps;
  switch (brake) {
    case 'canceled':
      return callOff(deps, payout, step);
    case 'partly-held':
      return (await lookBeforeEnd(deps, payout, step)) ?? replaceHeldPayout(db, payout.payoutId);
    case 'paused':
    case 'bank-paused':
    case 'held':
      return recordWait(db, payout, waitOfBrake(brake, { now: payout.now, holdEndsAt }));
  }
}

/**
 * Ends a payout whose cancellation was ordered while a request was open. If only a person's word
 * says that an earlier request was not carried out, looks at Stripe first.
 */
export async function callOff(deps: StripeDeps, payout: Payout, step: MoneyStep): Promise<Payout> {
  const { payoutId } = payout;
  const ended = await finishCancellation(deps.db, payoutId);
  if (ended !== 'look-first') return ended;
  const stop = await lookBeforeEnd(deps, payout, step);
  if (stop) return stop;
  const done = await finishCancellation(deps.db, payoutId, { isLooked: true });
  return done === 'look-first' ? readPayout(deps.db, payoutId) : done;
}

/**
 * Records that the step with an unknown outcome made nothing: Stripe refused the attempt, or every
 * try certainly did nothing. A canceled payout ends. Otherwise the payout repeats its step, and what
 * brakes the payout stops the step before it is sent.
 */
export async function answerCertainNo(
  deps: StripeDeps,
  payout: Payout,
  step: MoneyStep,
  attempt: Attempt | undefined,
): Promise<Payout> {
  if (payout.cancelAsked) return callOff(deps, payout, step);
  if (attempt) await recordAllDenied(deps.db, attempt.key);
  return recordNothingUnknown(deps.db, payout);
}

/**
 * Looks at Stripe and into our own books for what the step may have made. Undefined if the payout
 * may end.
 */
async function lookBeforeEnd(
  deps: StripeDeps,
  payout: Payout,
  step: MoneyStep,
): Promise<Payout | undefined> {
  const known = await findUnexplained(deps.db, payout.payoutId);
  if (known && known.kind !== 'discrepancy') return answerUnexplained(deps.db, payout, step);
  const doubtful = await readDoubtful(deps.db, payout.payoutId, step);
  if (!doubtful?.wordAt) return undefined;
  const looked = await lookFor(deps, payout, step);
  return looked.kind === 'nothing-seen' ? undefined : answerOutcome(deps, payout, step, looked);
}

/**
 * Records that something in the payout's name is unexplained, or that Stripe made something for the
 * seller that this database does not know. If it is the object of this step, the outcome of the
 * step is unknown again, and a look-up reads the object. What this database does not know stops all
 * money until a person adopts or dismisses it. Otherwise a person must explain it first.
 */
async function answerUnexplained(db: Db, payout: Payout, step: MoneyStep): Promise<Payout> {
  const { payoutId } = payout;
  const known = await findUnexplained(db, payoutId);
  if (known?.kind === 'line' && known.step === step) {
    return recordDoubt(db, payout, { step, detail: null, isMade: true });
  }
  const unknown = await listUnknownMade(db, payoutId);
  await recordUnknownMade(db, unknown);
  if (known?.kind === 'adoption' || unknown.length > 0) {
    const reason = waitNames.moneyStopped;
    return recordWait(db, payout, { reason, minutes: moneyStoppedMinutes });
  }
  if (!known) return readPayout(db, payoutId);
  return parkPayout(db, payout, unexpectedState, sayUnexplained(known));
}

/** Nothing is sent while Stripe cannot be read. After some hours, a person is asked again. */
async function answerNotLooked(
  db: Db,
  payout: Payout,
  step: MoneyStep,
  { isGone, hours }: { isGone: boolean; hours: number },
): Promise<Payout> {
  if (!isGone && hours < lookLimitHours) {
    return recordWait(db, payout, { reason: 'look-at-stripe', minutes: lookAgainMinutes });
  }
  const detail = isGone ? accountGone : couldNotLook;
  return recordDoubt(db, payout, { step, detail, isMade: false });
}

/**
 * True if payouts now go to another bank account than the request named: the next attempt names the
 * current one.
 */
function isOtherBank({ destination }: Record<string, unknown>, { paysTo }: Payout): boolean {
  return destination !== undefined && Boolean(paysTo) && destination !== paysTo;
}

const { outcomeUnknown, unexpectedState } = parkNames;

const keyMayNotLook = 'Stripe does not let this key look';
const accountGone = 'its account has left the platform, so nobody can look';

/**
 * How to find the objects that Stripe made for a step, and how to record the object that matches.
 */
type LookUp<T> = {
  find: () => Promise<readonly T[]>;
  toCandidate: (object: T) => Candidate;
  record: (object: T) => Promise<Payout>;
};

/**
 * Looks for the object of a step, and records the result.
 *
 * An object that differs from the order is never booked. If a person named it, the outcome stays
 * unknown, and the payout's row says why. If the API key may not read the object, the look-up is
 * repeated later, because an operator can correct the key. If the account has left the platform,
 * the payout is parked, because only a person can find the outcome.
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
  // Ignores objects that were fully reversed, unless there is no other object.
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
  // If every object was fully reversed, a person may confirm that nothing was sent, and the step is
  // then sent again.
  const isOpen = named !== null || standing.length === 0;
  return parkPayout(db, payout, isOpen ? outcomeUnknown : unexpectedState, difference);
}
