import {
  type StripeWait,
  stripeWaitNames,
  stripeWaits,
  waitOfPutOff,
} from '../failed-reads/put-off.ts';
import { waitsForSeller } from '../for-seller/waits.ts';
import type { PayoutId } from '../ids.ts';
import type { Actor, WaitReason } from '../waits.ts';
import type { AttemptRecord } from './facts.ts';
import { wait, type Waiting } from './waiting.ts';

/** The requests that Stripe has not answered: why, and that the engine repeats them. */
export function putOffWaits(
  attempts: readonly AttemptRecord[],
  payoutId: PayoutId | null,
): Waiting[] {
  return attempts.flatMap((attempt) => {
    const { state, error, step, tries, firstSentAt } = attempt;
    if (state !== 'started' || error === null) return [];
    const { words, ...rest } = whyPutOff(error);
    const asked = tries === 1 ? 'once' : `${tries} times`;
    const reason = `${words}. The engine asked ${asked} for the ${step}, and asks again with the same key`;
    const none = { by: null, commands: [], lookAgainAt: null };
    const forSeller = waitsForSeller[rest.for];
    return [{ ...rest, reason, forSeller, since: firstSentAt, ...none, payoutId }];
  });
}

/**
 * Says that Stripe does not answer, if no request says so yet. A payout may wait for this although
 * it has not asked Stripe, because the engine may have to read its account first.
 */
export function silenceBeside(
  { isStripeSilent }: { isStripeSilent: boolean },
  waits: readonly Waiting[],
): Waiting[] {
  if (!isStripeSilent || waits.some((one) => one.for === silent.for)) return [];
  const reason =
    'Stripe does not answer, and the engine may have to read the account first. GET /ready shows what is known';
  return [wait(silent.for, silent.actor, reason, silent.liftedBy)];
}

const silent = of(stripeWaitNames.answer);

type Why = { for: WaitReason; words: string; actor: Actor; liftedBy: string };

function whyPutOff({ statusCode }: NonNullable<AttemptRecord['error']>): Why {
  const why = of(waitOfPutOff(statusCode));
  if (why.for === stripeWaitNames.key) return { ...why, words: 'Stripe refuses the engine’s key' };
  if (statusCode === null) return { ...why, words: 'Stripe does not answer' };
  return { ...why, words: `Stripe asks the engine to try later (${statusCode})` };
}

function of(name: StripeWait) {
  const { actor, liftedBy } = stripeWaits[name];
  return { for: name, actor, liftedBy };
}
