import { isBankFailure } from '../../domain/accounts/bank.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { parkNames, type ParkReason } from '../../domain/parking/reasons.ts';
import type { Payout, PayoutStatus } from '../../domain/payouts/states.ts';
import * as transitions from '../../domain/payouts/transitions.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import { recordBankFailure } from '../accounts/bank-accounts.ts';
import type { Db, Tx } from '../connect.ts';
import { lock } from '../locks.ts';
import { addWakeUps } from '../wake-ups.ts';
import { move, moveFreeing } from './move.ts';
import { readPayout } from './rows.ts';

/** Stores that Stripe made the transfer; `transferred` decides what this means. */
export async function recordTransferred(
  db: Db,
  { payout, ...made }: { payout: Payout } & Parameters<typeof transitions.transferred>[1],
): Promise<Payout> {
  const stored = await move(db, transitions.transferred(payout, made));
  return parkBeside(db, stored, 'transfer', made.transferId);
}

/** Stores that Stripe took the payout; `sent` decides what this means. */
export async function recordSent(
  db: Db,
  { payout, ...made }: { payout: Payout } & Parameters<typeof transitions.sent>[1],
): Promise<Payout> {
  const stored = await move(db, transitions.sent(payout, made));
  return parkBeside(db, stored, 'payout', made.stripePayoutId);
}

async function parkBeside(db: Db, stored: Payout, step: MoneyStep, made: string): Promise<Payout> {
  const transition = transitions.madeBeside(stored, step, made);
  return transition ? move(db, transition) : stored;
}

/**
 * Stores that the bank has the money. The payout is watched for a late return for `watchDays` days.
 */
export async function recordPaid(
  db: Db,
  payout: transitions.SentPayout,
  watchDays: number,
): Promise<Payout> {
  return move(db, transitions.paid(payout, watchDays));
}

/** Stores that the watch is over and the bank kept the money. */
export async function recordSettled(db: Db, payout: Payout): Promise<Payout> {
  return move(db, transitions.settled(payout));
}

/**
 * Stores that the money is back at the account. The stored status decides, since the caller read the
 * payout before it asked Stripe.
 */
export async function recordBack(
  db: Db,
  payout: transitions.SentPayout,
  why: transitions.Return,
): Promise<Payout> {
  return await db.transaction().execute(async (tx) => {
    const stored = { ...payout, ...(await lockPayout(tx, payout.payoutId)) };
    const { sellerId, currency } = payout;
    const isFailure = transitions.mayComeBack(stored) && isBankFailure(why);
    const { isPaused } = isFailure
      ? await recordBankFailure(tx, { ...why, sellerId, currency })
      : { isPaused: false };
    const transition = transitions.cameBack(stored, why, isPaused);
    if (!transition) return readPayout(tx, payout.payoutId);
    const moved = await moveFreeing(tx, stored, transition);
    await parkClosed(tx, sellerId);
    await addWakeUps(tx, transition.wakes);
    return moved;
  });
}

/**
 * Parks a closed seller whose money came back. Nobody pays a closed seller, so a person must reopen
 * the seller or leave the seller closed.
 */
async function parkClosed(tx: Tx, sellerId: SellerId): Promise<void> {
  await tx
    .updateTable('sellers')
    .set({ parked: parkNames.returnedAfterClose })
    .where('id', '=', sellerId)
    .where('status', '=', 'closed')
    .where('parked', 'is', null)
    .execute();
}

async function lockPayout(tx: Tx, payoutId: PayoutId): Promise<{ status: PayoutStatus }> {
  return tx
    .selectFrom('payouts')
    .innerJoin('sellers', 'sellers.id', 'payouts.seller_id')
    .select('payouts.status')
    .where('payouts.id', '=', payoutId)
    .modifyEnd(lock('sellers', 'to-change'))
    .modifyEnd(lock('payouts', 'alone'))
    .executeTakeFirstOrThrow();
}

/** Stores that a look-up found nothing, or that the outcome of a step just became unknown. */
export async function recordNotFound(
  db: Db,
  before: Payout,
  step: MoneyStep,
  detail: string | null = null,
): Promise<Payout> {
  return move(db, transitions.notFound(before, step, detail));
}

/** Stores that no attempt of the payout is in doubt after all. */
export async function recordNothingUnknown(db: Db, before: Payout): Promise<Payout> {
  return move(db, transitions.nothingUnknown(before));
}

/** Stores what a payout waits for, and when it looks again at the latest. */
export async function recordWait(
  db: Db,
  before: Payout,
  wait: transitions.TimedWait,
): Promise<Payout> {
  return move(db, transitions.waiting(before, wait));
}

/** Parks the payout until a person decides. Its money stays where it is. */
export async function parkPayout(
  db: Db,
  before: Payout,
  reason: ParkReason,
  detail: string | null = null,
): Promise<Payout> {
  return move(db, transitions.parked(before, reason, detail));
}
