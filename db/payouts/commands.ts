import { sql } from 'kysely';
import type { PayoutId } from '../../domain/ids.ts';
import { parkNames, type ParkReason } from '../../domain/parking/reasons.ts';
import { stepToLookAt } from '../../domain/payouts/cancellation.ts';
import type { Seen, Sighting, Unexplained } from '../../domain/payouts/look-ups.ts';
import { confirmedNotSent, confirmedSent, retried } from '../../domain/payouts/commands.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import type { Transition } from '../../domain/payouts/transition-type.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import type { Db, Tx } from '../connect.ts';
import { lock, lockSellerOf } from '../locks.ts';
import { type Attempt, findAttempt } from '../stripe/attempts.ts';
import { findUnexplained, readDoubtful } from '../stripe/doubts.ts';
import { addWakeUps } from '../wake-ups.ts';
import { cancelPayout } from './cancellations.ts';
import { move } from './move.ts';
import { selectPayout, toPayout } from './rows.ts';

/** Locks the payout until the transaction ends. Returns why the payout waits for a person. */
export async function lockParked(
  tx: Tx,
  payoutId: PayoutId,
): Promise<{ parked: ParkReason | null; unknownStep: MoneyStep | null } | undefined> {
  await lockSellerOf(tx, { payouts: payoutId });
  const row = await tx
    .selectFrom('payouts')
    .select(['parked', 'unknown_step'])
    .where('id', '=', payoutId)
    .modifyEnd(lock('payouts', 'alone'))
    .executeTakeFirst();
  return row && { parked: row.parked, unknownStep: row.unknown_step };
}

/**
 * Records which object a person found at Stripe. The workflow then reads the object and accepts it
 * only if it matches the order. Returns `not-parked` if the payout is not parked with an unknown
 * outcome, and `of-another` if a payout already has this object.
 */
export async function confirmSent(
  tx: Tx,
  payoutId: PayoutId,
  stripeId: string,
): Promise<'done' | 'not-parked' | 'of-another'> {
  if (await belongsToPayout(tx, stripeId)) return 'of-another';
  if (!(await findParkedAttempt(tx, payoutId))) return 'not-parked';
  await moveAndWake(tx, confirmedSent({ payoutId }, stripeId));
  return 'done';
}

async function belongsToPayout(tx: Tx, stripeId: string): Promise<boolean> {
  const { rows } = await sql`
    select from payouts where transfer_id = ${stripeId} or stripe_payout_id = ${stripeId}
  `.execute(tx);
  return rows.length > 0;
}

/**
 * Records that a person is certain that no money moved under the attempt's key. The attempt counts
 * as refused, and the payout continues with the next attempt after another look at Stripe.
 * `lookedAt` is the key of the attempt for which the caller looked.
 */
export async function confirmNotSent(
  tx: Tx,
  payoutId: PayoutId,
  lookedAt?: string,
): Promise<'done' | 'not-parked'> {
  const attempt = await findParkedAttempt(tx, payoutId);
  if (!attempt || (lookedAt !== undefined && attempt.key !== lookedAt)) return 'not-parked';
  await moveAndWake(tx, confirmedNotSent({ payoutId }, attempt.key));
  return 'done';
}

/** What became of a person's word that a step was not sent. */
export type WordAnswer =
  | { kind: 'done' | 'changed' }
  | { kind: 'found'; sighting: Sighting }
  | { kind: 'known'; unexplained: Unexplained };

/**
 * Takes a person's word that a step was not sent, after a look at Stripe that found nothing. The
 * step is sent again, unless `callOffBy` or an earlier order cancels the payout. The caller has
 * locked the payout.
 */
export async function confirmLooked(
  tx: Tx,
  payoutId: PayoutId,
  { seen, callOffBy }: { seen: Seen; callOffBy: string | null },
): Promise<WordAnswer> {
  if (seen.sighting) return { kind: 'found', sighting: seen.sighting };
  const unexplained = await findUnexplained(tx, payoutId);
  if (unexplained) return { kind: 'known', unexplained };
  if (!seen.isLooked || seen.key === null) return { kind: 'changed' };
  if ((await confirmNotSent(tx, payoutId, seen.key)) === 'not-parked') return { kind: 'changed' };
  const { cancel_ordered_by: orderedBy } = await tx
    .selectFrom('payouts')
    .select('cancel_ordered_by')
    .where('id', '=', payoutId)
    .executeTakeFirstOrThrow();
  const by = orderedBy ?? callOffBy;
  if (by !== null) await cancelPayout(tx, payoutId, by, { isLooked: true });
  return { kind: 'done' };
}

/** A step to look at, and the key of its attempt, if it has one that was not refused. */
export type ToLookAt = { payout: Payout; step: MoneyStep; since: string; key: string | null };

/**
 * Finds the step whose outcome a person decides: the parked one, or, before a cancellation, the one
 * that only a person's word ended. Undefined if no look is due.
 */
export async function findToLookAt(
  db: Db,
  payoutId: PayoutId,
  before: 'confirm' | 'cancel',
): Promise<ToLookAt | undefined> {
  const row = await selectPayout(db).where('id', '=', payoutId).executeTakeFirst();
  if (!row) return undefined;
  const payout = toPayout(row);
  const isParked = payout.parked === parkNames.outcomeUnknown;
  const step = before === 'cancel' ? stepToLookAt(payout) : isParked ? payout.unknownStep : null;
  if (!step) return undefined;
  const doubtful = await readDoubtful(db, payoutId, step);
  if (!doubtful || (before === 'cancel' && doubtful.wordAt === null)) return undefined;
  const attempt = await findAttempt(db, payoutId, step);
  return { payout, step, since: doubtful.since, key: attempt?.key ?? null };
}

async function findParkedAttempt(tx: Tx, payoutId: PayoutId): Promise<Attempt | undefined> {
  const payout = await tx
    .selectFrom('payouts')
    .select(['unknown_step'])
    .where('id', '=', payoutId)
    .where('parked', '=', parkNames.outcomeUnknown)
    .modifyEnd(lock('payouts', 'alone'))
    .executeTakeFirst();
  return payout?.unknown_step ? findAttempt(tx, payoutId, payout.unknown_step) : undefined;
}

/** Retries a refused step under a new key. No money moved under the last key. */
export async function retryRefused(tx: Tx, payoutId: PayoutId): Promise<void> {
  await moveAndWake(tx, retried({ payoutId }));
}

async function moveAndWake(tx: Tx, transition: Transition): Promise<void> {
  await move(tx, transition);
  await addWakeUps(tx, transition.wakes);
}
