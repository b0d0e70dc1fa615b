import type { PayoutId } from '../ids.ts';
import type { Actor } from '../waits.ts';
import type { AttemptRecord } from './facts.ts';
import { wait, type Waiting } from './waiting.ts';

/** What Stripe was asked for and has not decided: why, and that it is asked again by itself. */
export function putOffWaits(
  attempts: readonly AttemptRecord[],
  payoutId: PayoutId | null,
): Waiting[] {
  return attempts.flatMap((attempt) => {
    const { state, error, step, tries, firstSentAt } = attempt;
    if (state !== 'started' || error === null) return [];
    const { words, ...rest } = whyPutOff(error);
    const asked = tries === 1 ? 'once' : `${tries} times`;
    const reason = `${words}: asked ${asked} for the ${step}, and again under the same key`;
    const none = { by: null, commands: [], lookAgainAt: null };
    return [{ ...rest, reason, since: firstSentAt, ...none, payoutId }];
  });
}

/**
 * That Stripe is known not to answer, where no request tells it yet: what has to be read at an
 * account before anything is asked for is held up as well.
 */
export function silenceBeside(
  { isStripeSilent }: { isStripeSilent: boolean },
  waits: readonly Waiting[],
): Waiting[] {
  if (!isStripeSilent || waits.some((one) => one.for === silent.for)) return [];
  const reason =
    'Stripe does not answer, and the account may have to be read first: GET /ready says what is known';
  return [wait(silent.for, silent.actor, reason, silent.liftedBy)];
}

const silent = {
  for: 'stripe-answer',
  actor: 'stripe',
  liftedBy: 'Stripe’s answer',
} as const;

type Why = { for: string; words: string; actor: Actor; liftedBy: string };

function whyPutOff({ statusCode }: NonNullable<AttemptRecord['error']>): Why {
  if (statusCode === 401) {
    const liftedBy = 'A key that Stripe takes, in STRIPE_SECRET_KEY';
    return { for: 'stripe-key', words: 'Stripe refuses our key', actor: 'operator', liftedBy };
  }
  if (statusCode === null) return { ...silent, words: 'Stripe does not answer' };
  return { ...silent, words: `Stripe puts it off (${statusCode})` };
}
