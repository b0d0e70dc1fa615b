import { sql } from 'kysely';
import type { PayoutId } from '../../domain/ids.ts';
import {
  type AccountSight,
  type CancelPlan,
  type LeaveRefusal,
  planCancel,
  planLeave,
  type StepAttempt,
  stepToLookAt,
} from '../../domain/payouts/cancellation.ts';
import {
  cancelAnswered,
  canceled,
  cancelOrdered,
  leftWithSeller,
} from '../../domain/payouts/commands.ts';
import type { CancelAnswer, Payout } from '../../domain/payouts/states.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import type { Db, Tx } from '../connect.ts';
import { lock, lockSellerOf } from '../locks.ts';
import { unexplainedOf, wordOf } from '../stripe/doubts.ts';
import { addWakeUps } from '../wake-ups.ts';
import { move, moveFreeing } from './move.ts';
import { selectPayout, toPayout } from './rows.ts';

const currentStep = sql`case when payouts.status = 'reserved' then 'transfer' else 'payout' end`;

/** True if only a person's word says that the payout's current step was not sent. */
const restsOnWord = sql<boolean>`${wordOf(sql.ref('payouts.id'), currentStep)} is not null`;

/**
 * True if a look at Stripe is due before the payout is canceled: its step rests on a person's word,
 * or an object or line in its name is unexplained.
 */
export const needsLook = sql<boolean>`(${restsOnWord} or exists (
  select from (${unexplainedOf(sql.ref('payouts.id'))}) as known where kind <> 'discrepancy'))`;

/**
 * Cancels a payout, orders its cancellation at Stripe, or refuses, as `planCancel` decides. While
 * the payout's row is locked, no attempt can be opened; while the attempt's row is locked, it
 * cannot be sent. `isLooked` says that the caller has looked at Stripe and found nothing. Returns
 * undefined if the payout does not exist.
 */
export async function cancelPayout(
  tx: Tx,
  payoutId: PayoutId,
  by: string,
  { isLooked = false } = {},
): Promise<CancelPlan | undefined> {
  const locked = await lockForEnd(tx, payoutId);
  if (!locked) return undefined;
  const { payout, attempt, isCancelUnknown } = locked;
  const looksFirst = locked.restsOnWord && !isLooked;
  const plan = planCancel({ ...payout, isCancelUnknown, needsLook: looksFirst }, attempt);
  const transition = transitionOf(payout, plan, by, attempt?.key);
  if (transition) {
    await moveFreeing(tx, payout, transition);
    await addWakeUps(tx, transition.wakes);
  }
  return plan;
}

/**
 * Locks a payout that a person may end, with its seller and the attempt of its current step. Returns
 * undefined if the payout does not exist.
 */
export async function lockForEnd(tx: Tx, payoutId: PayoutId) {
  await lockSellerOf(tx, { payouts: payoutId });
  const row = await selectPayout(tx)
    .select(restsOnWord.as('rests_on_word'))
    .where('id', '=', payoutId)
    .modifyEnd(lock('payouts', 'alone'))
    .executeTakeFirst();
  if (!row) return undefined;
  const payout = toPayout(row);
  const step = stepToLookAt(payout);
  const attempt = step && (await lockAttempt(tx, payoutId, step));
  const isCancelUnknown = row.cancel_answer === 'unknown';
  const { rests_on_word, paid_outside: paidOutside } = row;
  return { payout, attempt, isCancelUnknown, restsOnWord: rests_on_word, paidOutside };
}

/** The order of a person to end a payout whose account has left the platform. */
export type LeaveOrder = { reason: string; sight: AccountSight };

/**
 * Ends a payout whose account has left the platform, or refuses, as `planLeave` decides. Returns
 * undefined if the payout does not exist.
 */
export async function leavePayout(
  tx: Tx,
  payoutId: PayoutId,
  { reason, sight }: LeaveOrder,
): Promise<'end' | LeaveRefusal | undefined> {
  const locked = await lockForEnd(tx, payoutId);
  if (!locked) return undefined;
  const { payout, attempt } = locked;
  const { status } = payout;
  const plan = planLeave(payout, attempt, sight);
  if (plan !== 'end' || (status !== 'transferred' && status !== 'sent')) return plan;
  const unsentKey = attempt?.state === 'started' ? attempt.key : undefined;
  const transition = leftWithSeller({ ...payout, status }, { reason, unsentKey });
  await move(tx, transition);
  await addWakeUps(tx, transition.wakes);
  return plan;
}

function transitionOf(payout: Payout, plan: CancelPlan, by: string, unsentKey?: string) {
  if (plan.kind === 'end') return canceled(payout, by, unsentKey);
  return plan.kind === 'ask-stripe' ? cancelOrdered(payout, by) : undefined;
}

/** Records that Stripe did not cancel the payout, or that the outcome is unknown. */
export async function recordCancelAnswer(
  db: Db,
  before: Payout,
  answer: CancelAnswer,
): Promise<Payout> {
  return move(db, cancelAnswered(before, answer));
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
