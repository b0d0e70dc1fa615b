import type { Db } from '../db/connect.ts';
import { parkPayout, recordNotFound } from '../db/payout-steps.ts';
import { readPayout, recordWait } from '../db/payouts.ts';
import type { PayoutId } from '../domain/ids.ts';
import type { MoneyStep, Payout } from '../domain/payout.ts';
import { answerTo } from '../domain/refusals.ts';
import type { CallOutcome } from './money-call.ts';

/** How long a payout waits at most while money is stopped; resuming wakes it earlier. */
const moneyStoppedMinutes = 60;

/** Writes down what an attempt that did not succeed means for its payout. */
export async function answerOutcome(
  db: Db,
  payoutId: PayoutId,
  step: MoneyStep,
  outcome: Exclude<CallOutcome<unknown>, { kind: 'succeeded' }>,
): Promise<Payout> {
  switch (outcome.kind) {
    case 'stands':
      return readPayout(db, payoutId);
    case 'unknown':
      return recordNotFound(db, { payoutId, step });
    case 'money-stopped':
      return recordWait(db, { payoutId, reason: 'money-stopped', minutes: moneyStoppedMinutes });
    case 'refused': {
      const answer = answerTo(outcome.refusal, step);
      if (answer.kind === 'park') return parkPayout(db, payoutId, answer.reason);
      return recordWait(db, { payoutId, reason: answer.for, minutes: answer.minutes });
    }
  }
}
