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
  callOffOrdered,
  cancelAnswered,
  canceled,
  cancelOrdered,
  type LeftStatus,
  leftWithSeller,
} from '../../domain/payouts/commands.ts';
import { type CancelAnswer, isInFlight, type Payout } from '../../domain/payouts/states.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import type { Db, Tx } from '../connect.ts';
import { allocatePaid } from '../earnings/allocations.ts';
import { lock, lockSellerOf } from '../locks.ts';
import { recordUnknown } from '../stripe/answers.ts';
import { unexplainedOf, wordOf } from '../stripe/doubts.ts';
import { addWakeUps, transact } from '../wake-ups.ts';
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
 * Cancels a payout, orders its cancellation, or refuses, as `planCancel` decides. While the
 * payout's row is locked, no attempt can be opened; while the attempt's row is locked, it cannot be
 * sent. `isLooked` says that the caller has looked at Stripe and found nothing. If a request may
 * have been carried out, the order stands only with `mayStand`; otherwise nothing changes. Returns
 * undefined if the payout does not exist.
 */
export async function cancelPayout(
  tx: Tx,
  payoutId: PayoutId,
  by: string,
  { isLooked = false, mayStand = false } = {},
): Promise<CancelPlan | undefined> {
  const locked = await lockForEnd(tx, payoutId);
  if (!locked) return undefined;
  const plan = planOf(locked, isLooked);
  if (plan.kind === 'look-up' && !mayStand) return plan;
  await carryOut(tx, locked, plan, by);
  return plan;
}

/**
 * Ends a payout whose cancellation was ordered while a request was open, now that its outcome is
 * known. Returns the payout, or `look-first` if only a person's word says that an earlier request
 * was not carried out, or if something in the payout's name is unexplained.
 */
export async function finishCancellation(
  db: Db,
  payoutId: PayoutId,
  { isLooked = false } = {},
): Promise<Payout | 'look-first'> {
  return transact(db, async (tx) => {
    const locked = await lockForEnd(tx, payoutId);
    if (!locked) throw new Error(`no such payout: ${payoutId}`);
    const { payout, orderedBy } = locked;
    if (orderedBy === null || !isInFlight(payout.status)) return payout;
    const plan = planOf(locked, isLooked);
    if (plan.kind === 'look-up' && plan.why === 'look-first') return plan.why;
    return carryOut(tx, locked, plan, orderedBy);
  });
}

type Locked = NonNullable<Awaited<ReturnType<typeof lockForEnd>>>;

function planOf({ payout, attempt, ...known }: Locked, isLooked: boolean): CancelPlan {
  const { isCancelUnknown } = known;
  const needsLook = known.needsLook && !isLooked;
  return planCancel({ ...payout, isCancelUnknown, needsLook }, attempt);
}

/** Does what the plan requires, and returns the payout as stored afterwards. */
async function carryOut(
  tx: Tx,
  { payout, attempt }: Locked,
  plan: CancelPlan,
  by: string,
): Promise<Payout> {
  // The check before the POST stops a worker that would send this attempt again.
  if (plan.kind === 'look-up' && plan.why === 'open-request' && attempt)
    await recordUnknown(tx, { key: attempt.key });
  const transition = transitionOf(payout, plan, by, attempt?.key);
  if (!transition) return payout;
  const moved = await moveFreeing(tx, payout, transition);
  await addWakeUps(tx, transition.wakes);
  return moved;
}

/**
 * Locks a payout that a person may end, with its seller and the attempt of its current step.
 * Returns undefined if the payout does not exist.
 */
export async function lockForEnd(tx: Tx, payoutId: PayoutId) {
  await lockSellerOf(tx, { payouts: payoutId });
  const row = await selectPayout(tx)
    .select(needsLook.as('needs_look'))
    .where('id', '=', payoutId)
    .modifyEnd(lock('payouts', 'alone'))
    .executeTakeFirst();
  if (!row) return undefined;
  const payout = toPayout(row);
  const step = stepToLookAt(payout);
  const attempt = step && (await lockAttempt(tx, payoutId, step));
  const isCancelUnknown = row.cancel_answer === 'unknown';
  const { needs_look, paid_outside: paidOutside, cancel_ordered_by: orderedBy } = row;
  return { payout, attempt, isCancelUnknown, needsLook: needs_look, paidOutside, orderedBy };
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
  const { status, sellerId, currency } = payout;
  const atAccount = await readAtAccount(tx, payout);
  const plan = planLeave(payout, attempt, sight, { atAccount });
  if (plan !== 'end' || !isLeftStatus(status)) return plan;
  const unsentKey = attempt?.state === 'started' ? attempt.key : undefined;
  const amount = payout.requestedAmount ?? atAccount;
  const taken = status === 'requested' && { fromAccount: amount, stripeAccount: sight.account };
  const transition = leftWithSeller({ ...payout, status, ...taken }, { reason, unsentKey });
  await move(tx, transition);
  if (taken) await allocatePaid(tx, { payoutId, sellerId, currency, amount });
  await addWakeUps(tx, transition.wakes);
  return plan;
}

/** The money at the account that no payout has reserved. The caller has locked the seller. */
async function readAtAccount(tx: Tx, { sellerId, currency }: Payout): Promise<number> {
  const row = await tx
    .selectFrom('balances')
    .select('amount')
    .where('seller_id', '=', sellerId)
    .where('currency', '=', currency)
    .where('place', '=', 'account')
    .executeTakeFirst();
  return row?.amount ?? 0;
}

function isLeftStatus(status: Payout['status']): status is LeftStatus {
  return status === 'requested' || status === 'transferred' || status === 'sent';
}

function transitionOf(payout: Payout, plan: CancelPlan, by: string, openKey?: string) {
  if (plan.kind === 'end') return canceled(payout, by, openKey);
  if (plan.kind === 'look-up') {
    const isOrdered = plan.why === 'look-first' || payout.unknownStep !== null;
    return payout.cancelAsked && isOrdered ? undefined : callOffOrdered(payout, by, plan);
  }
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
    .select(['key', 'state', 'tries', 'denied_tries as deniedTries'])
    .where('object_id', '=', payoutId)
    .where('step', '=', step)
    .where('state', '<>', 'refused')
    .modifyEnd(lock('attempts', 'alone'))
    .executeTakeFirst();
  if (!row || row.state === 'refused') return undefined;
  return { ...row, state: row.state };
}
