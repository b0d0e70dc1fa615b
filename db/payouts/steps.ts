import { sql } from 'kysely';
import { isBankFailure } from '../../domain/accounts/bank.ts';
import type { PayoutId } from '../../domain/ids.ts';
import { parkNames, type ParkReason } from '../../domain/parking/reasons.ts';
import { isStoppedByOthers } from '../../domain/payouts/cancellation.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import * as transitions from '../../domain/payouts/transitions.ts';
import { parksForMoney } from '../../domain/sellers.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import { recordBankFailure, wakePaused } from '../accounts/bank-pauses.ts';
import type { Db, Tx } from '../connect.ts';
import { lock, lockSellersOfBank } from '../locks.ts';
import { addWakeUps, transact } from '../wake-ups.ts';
import { move, moveFreeing } from './move.ts';
import { readPayout } from './rows.ts';

/**
 * Records that Stripe made the transfer. `transferred` in domain/payouts/transitions.ts decides the
 * new state.
 */
export async function recordTransferred(
  db: Db,
  { payout, ...made }: { payout: Payout } & Parameters<typeof transitions.transferred>[1],
): Promise<Payout> {
  const stored = await move(db, transitions.transferred(payout, made));
  return parkBeside(db, stored, 'transfer', made.transferId);
}

/**
 * Records that Stripe accepted the payout. `sent` in domain/payouts/transitions.ts decides the new
 * state.
 */
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
 * Records that the bank has the money. For `watchDays` days, the engine then watches for a late
 * return.
 */
export async function recordPaid(
  db: Db,
  payout: transitions.SentPayout,
  watchDays: number,
  atBank: transitions.AtBank = {},
): Promise<Payout> {
  return move(db, transitions.paid(payout, watchDays, atBank));
}

/** Records that the watch ended without a return. */
export async function recordSettled(
  db: Db,
  payout: Payout,
  atBank: transitions.AtBank = {},
): Promise<Payout> {
  return move(db, transitions.settled(payout, atBank));
}

/** What happens in the transaction in which money comes back that others stopped. */
export type HoldStopped = (
  tx: Tx,
  payout: transitions.SentPayout,
  why: transitions.Return,
) => Promise<void>;

/**
 * Records that the money is back at the account. The stored status decides, because the payout may
 * have changed while the caller asked Stripe. If the bank refused the money, this concerns every
 * seller with the same account number. If others stopped the payout, `holdStopped` holds its money
 * before anything can pay it again.
 */
export async function recordBack(
  db: Db,
  payout: transitions.SentPayout,
  why: transitions.Return,
  holdStopped: HoldStopped,
): Promise<Payout> {
  return await transact(db, async (tx) => {
    if (isBankFailure(why)) await lockSellersOfBank(tx, { ...why, sellerId: payout.sellerId });
    const { status, seller, isOrdered } = await lockPayout(tx, payout.payoutId);
    const stored = { ...payout, status };
    const { sellerId, currency } = payout;
    const isFailure = transitions.mayComeBack(stored) && isBankFailure(why);
    const { isPaused, others } = isFailure
      ? await recordBankFailure(tx, { ...why, sellerId, currency })
      : { isPaused: false, others: [] };
    const transition = transitions.cameBack(stored, why, isPaused);
    if (!transition) return readPayout(tx, payout.payoutId);
    const moved = await moveFreeing(tx, stored, transition);
    if (isStoppedByOthers(why, isOrdered)) await holdStopped(tx, stored, why);
    const parked = parksForMoney(seller, parkNames.returnedAfterClose);
    if (parked)
      await tx.updateTable('sellers').set({ parked }).where('id', '=', sellerId).execute();
    await addWakeUps(tx, transition.wakes);
    await wakePaused(tx, others);
    return moved;
  });
}

/** Locks the payout and its seller, and returns what they are now. */
async function lockPayout(tx: Tx, payoutId: PayoutId) {
  const { status, isOrdered, ...seller } = await tx
    .selectFrom('payouts')
    .innerJoin('sellers', 'sellers.id', 'payouts.seller_id')
    .select(['payouts.status', 'sellers.status as sellerStatus', 'sellers.parked'])
    .select(
      sql<boolean>`cancel_ordered_at is not null
        and coalesce(cancel_answer, 'unknown') = 'unknown'`.as('isOrdered'),
    )
    .where('payouts.id', '=', payoutId)
    .modifyEnd(lock('sellers', 'to-change'))
    .modifyEnd(lock('payouts', 'alone'))
    .executeTakeFirstOrThrow();
  return { status, isOrdered, seller: { status: seller.sellerStatus, parked: seller.parked } };
}

/** Records that a look-up found nothing, or that the outcome of a step has become unknown. */
export async function recordNotFound(
  db: Db,
  before: Payout,
  step: MoneyStep,
  detail: string | null = null,
): Promise<Payout> {
  return move(db, transitions.notFound(before, step, detail));
}

/** Records that no outcome is unknown after all, because the step has no attempt to look up. */
export async function recordNothingUnknown(db: Db, before: Payout): Promise<Payout> {
  return move(db, transitions.nothingUnknown(before));
}

/** Records what the payout waits for, and the latest time at which it looks again. */
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
