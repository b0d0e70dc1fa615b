import { type PayoutId, payoutWorkflowId, sellerWorkflowId } from '../../domain/ids.ts';
import { released } from '../../domain/ledger.ts';
import {
  type CancelPlan,
  planCancel,
  type StepAttempt,
  stepToLookAt,
} from '../../domain/payouts/cancellation.ts';
import type { CancelAnswer, Payout } from '../../domain/payouts/states.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import { waitNames } from '../../domain/waits.ts';
import type { Db, Tx } from '../connect.ts';
import { releaseEarnings } from '../earnings/allocations.ts';
import { lock, lockSellerOf } from '../locks.ts';
import { businessNow } from '../time.ts';
import { addWakeUps } from '../wake-ups.ts';
import { moneyOf, move } from './move.ts';
import {
  notParked,
  notWaiting,
  selectPayout,
  settledAttempt,
  toPayout,
  update,
  updateAsRead,
} from './rows.ts';

/**
 * Calls a payout off, as far as where its money is allows. The payout's row is locked against the
 * opening of an attempt, and the attempt's against its being sent: whoever comes second sees what
 * the first did. Answers with nothing where there is no such payout.
 */
export async function cancelPayout(
  tx: Tx,
  payoutId: PayoutId,
  by: string,
): Promise<CancelPlan | undefined> {
  await lockSellerOf(tx, { payouts: payoutId });
  const row = await selectPayout(tx)
    .where('id', '=', payoutId)
    .modifyEnd(lock('payouts', 'alone'))
    .executeTakeFirst();
  if (!row) return undefined;
  const payout = toPayout(row);
  const step = stepToLookAt(payout);
  const attempt = step && (await lockAttempt(tx, payoutId, step));
  const plan = planCancel({ ...payout, isCancelUnknown: row.cancel_answer === 'unknown' }, attempt);
  const ordered = { cancel_ordered_at: businessNow, cancel_ordered_by: by };
  if (plan.kind === 'ask-stripe') {
    // Also where it could not be followed: Stripe can be asked to cancel it all the same.
    await update(tx, payoutId, { ...ordered, ...notParked, cancel_answer: null });
  }
  if (plan.kind === 'end') {
    if (attempt) await refuseUnsent(tx, attempt.key);
    await move(tx, {
      payoutId,
      from: [payout.status],
      change: {
        ...settledAttempt,
        ...notWaiting,
        ...ordered,
        status: 'canceled',
        over_at: businessNow,
      },
      entries: released(moneyOf(payout), plan.transferDone),
    });
    await releaseEarnings(tx, payout);
  }
  if (plan.kind === 'end' || plan.kind === 'ask-stripe') await tell(tx, payout);
  return plan;
}

/** Stripe did not cancel, or nobody knows: the payout goes on, and is read from Stripe at once. */
export async function recordCancelAnswer(
  db: Db,
  before: Payout,
  answer: CancelAnswer,
): Promise<Payout> {
  return updateAsRead(db, before, {
    cancel_answer: answer,
    waiting_for: waitNames.atBank,
    look_again_at: businessNow,
  });
}

async function lockAttempt(
  tx: Tx,
  payoutId: PayoutId,
  step: MoneyStep,
): Promise<(StepAttempt & { key: string }) | undefined> {
  const row = await tx
    .selectFrom('attempts')
    .select(['key', 'state', 'first_sent_at'])
    .where('object_id', '=', payoutId)
    .where('step', '=', step)
    .where('state', '<>', 'refused')
    .modifyEnd(lock('attempts', 'alone'))
    .executeTakeFirst();
  if (!row || row.state === 'refused') return undefined;
  return { key: row.key, state: row.state, wasSent: row.first_sent_at !== null };
}

/** Opened and never sent: whoever still holds it is told so by its last look before the POST. */
async function refuseUnsent(tx: Tx, key: string): Promise<void> {
  await tx
    .updateTable('attempts')
    .set({ state: 'refused', refusal: 'confirmed-not-sent', decided_at: businessNow })
    .where('key', '=', key)
    .execute();
}

async function tell(tx: Tx, { payoutId, sellerId }: Payout): Promise<void> {
  const topics = ['payouts' as const];
  await addWakeUps(tx, [
    { workflowId: payoutWorkflowId(payoutId), topics },
    { workflowId: sellerWorkflowId(sellerId), topics },
  ]);
}
