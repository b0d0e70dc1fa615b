import type { z } from '@hono/zod-openapi';
import type { AttemptRecord } from '../db/views.ts';
import type { PayoutId } from '../domain/ids.ts';
import type { Actor, Wait } from './explanation-schemas.ts';

type Waiting = z.infer<typeof Wait>;

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

type Why = { for: string; words: string; actor: Actor; liftedBy: string };

function whyPutOff({ statusCode }: NonNullable<AttemptRecord['error']>): Why {
  if (statusCode === 401) {
    const liftedBy = 'A key that Stripe takes, in STRIPE_SECRET_KEY';
    return { for: 'stripe-key', words: 'Stripe refuses our key', actor: 'operator', liftedBy };
  }
  const waits = { for: 'stripe-answer', actor: 'stripe' as const, liftedBy: 'Stripe’s answer' };
  if (statusCode === null) return { ...waits, words: 'Stripe does not answer' };
  return { ...waits, words: `Stripe puts it off (${statusCode})` };
}
