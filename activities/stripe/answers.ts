import { ApplicationFailure, log } from '@temporalio/activity';
import type { Db } from '../../db/connect.ts';
import { recordPutOff, recordRefused, recordUnknown } from '../../db/stripe/answers.ts';
import type { Attempt } from '../../db/stripe/attempts.ts';
import type { ReadError } from '../../domain/failed-reads/accounts.ts';
import type { RefusalKind } from '../../domain/stripe.ts';
import { factsOf, judge } from './errors.ts';

/** What an error of Stripe means for an attempt that is not sent again. */
type Answer =
  { kind: 'refused'; refusal: RefusalKind; request: Attempt['request'] } | { kind: 'unknown' };

/**
 * Records what an error of Stripe means for the attempt. Throws a retryable failure while the same
 * key may be sent again.
 */
export async function answerError(
  db: Db,
  sent: { key: string; isFirstTry: boolean; request: Attempt['request'] },
  error: unknown,
): Promise<Answer> {
  const { key, isFirstTry, request } = sent;
  const verdict = judge(error, isFirstTry);
  const facts = factsOf(error);
  log.warn('Stripe did not say yes', { key, verdict: verdict.kind, ...facts });
  if (verdict.kind === 'retry') {
    await recordPutOff(db, { key, error: facts, isDenied: verdict.isDenied });
    const { afterMs: nextRetryDelay } = verdict;
    throw retryable(verdict.type, facts.code, nextRetryDelay ? { nextRetryDelay } : {});
  }
  if (verdict.kind === 'unknown') {
    await recordUnknown(db, { key, error: facts });
    return { kind: 'unknown' };
  }
  const { refusal } = verdict;
  // Another try that was sent after the clearance may have succeeded meanwhile.
  const isOnlyTry = judge(error, false).kind === 'unknown';
  if (!(await recordRefused(db, { key, refusal, error: facts, isOnlyTry }))) {
    await recordUnknown(db, { key, error: facts });
    return { kind: 'unknown' };
  }
  return { kind: 'refused', refusal, request };
}

/**
 * Creates a failure without Stripe's error, because that error can contain bank details and
 * histories keep failures.
 */
export function retryable(
  type: string,
  code: string | null,
  more: { nextRetryDelay?: number; details?: ReadError[] } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message: code ? saying(code) : 'Stripe could not be reached',
    category: 'BENIGN',
    ...more,
  });
}

/** How the message of a failure names Stripe's code. */
export const saying = (code: string): string => `Stripe: ${code}`;
