import { sql } from 'kysely';
import { notTheBank } from '../../domain/accounts/failures.ts';
import {
  type PayoutId,
  type SellerId,
  sellerWorkflowId,
  type StripePayoutId,
  type TransferId,
} from '../../domain/ids.ts';
import * as postings from '../../domain/ledger.ts';
import { parkNames } from '../../domain/parking/reasons.ts';
import { lookUpDelaysMinutes } from '../../domain/payouts/refusals.ts';
import type { Payout, PayoutStatus } from '../../domain/payouts/states.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import { waitNames } from '../../domain/waits.ts';
import { recordBankFailure } from '../accounts/bank-accounts.ts';
import type { Db, Tx } from '../connect.ts';
import { releaseEarnings } from '../earnings/allocations.ts';
import { lock } from '../locks.ts';
import { isEndStored } from '../stripe-events/inbox.ts';
import { businessNow, inMinutes } from '../time.ts';
import { addWakeUps, wakeSeller } from '../wake-ups.ts';
import { moneyOf, move, parkPayout } from './move.ts';
import { notWaiting, parkedAs, readPayout, settledAttempt, updateAsRead } from './rows.ts';

/**
 * Stripe made the transfer: the platform's part is at the account, payable from `arrivesAt`. What
 * arrived `otherwise` waits for a person, from the same statement on.
 */
export async function recordTransferred(
  db: Db,
  done: {
    payout: Payout;
    key: string;
    transferId: TransferId;
    arrivesAt: string | null;
    /** What the transfer is called at the account, so that its books are understood. */
    arrival?: string | null;
    otherwise?: string | null;
  },
): Promise<Payout> {
  const { payout, transferId, arrivesAt, otherwise = null } = done;
  const waits = otherwise === null && arrivesAt !== null && arrivesAt > payout.now;
  const stands = await move(db, {
    payoutId: payout.payoutId,
    from: ['reserved'],
    change: {
      ...settledAttempt,
      ...(otherwise !== null && parkedAs(parkNames.unexpectedState, otherwise)),
      status: 'transferred',
      transfer_id: transferId,
      destination_payment: done.arrival ?? null,
      arrives_at: arrivesAt,
      ...(waits ? { waiting_for: 'arrival', look_again_at: arrivesAt } : notWaiting),
    },
    entries: postings.transferred(moneyOf(payout), transferId),
    attempt: { key: done.key, stripeId: transferId },
  });
  return asMade(db, stands, stands.transferId, transferId);
}

/**
 * Stripe took the payout, and expects the bank to have it at `bankExpectedAt`. An event about it may have come before this row knew its id; then the
 * row looks again at once. One that is stored in this very moment is seen by the sweep.
 */
export async function recordSent(
  db: Db,
  done: {
    payout: Payout;
    key: string;
    stripePayoutId: StripePayoutId;
    bankExpectedAt: string | null;
    followAt: string | null;
  },
): Promise<Payout> {
  const { payout, stripePayoutId, bankExpectedAt, followAt } = done;
  const lookAgainAt = sql<string>`case when ${isEndStored(sql.val(stripePayoutId))}
    then business_now() else coalesce(${followAt}::timestamptz, business_now()) end`;
  const stands = await move(db, {
    payoutId: payout.payoutId,
    from: ['transferred'],
    change: {
      ...settledAttempt,
      status: 'sent',
      stripe_payout_id: stripePayoutId,
      bank_expected_at: bankExpectedAt,
      sent_at: businessNow,
      waiting_for: waitNames.atBank,
      look_again_at: lookAgainAt,
    },
    entries: postings.sent(moneyOf(payout), stripePayoutId),
    attempt: { key: done.key, stripeId: stripePayoutId },
  });
  return asMade(db, stands, stands.stripePayoutId, stripePayoutId);
}

/** Stripe made something that the row does not name: a person has to see both. */
async function asMade(db: Db, stands: Payout, named: string | null, made: string): Promise<Payout> {
  if (named === made || stands.parked) return stands;
  return parkPayout(db, stands, parkNames.unexpectedState, `Stripe made ${made} beside ${named}`);
}

/** The bank has it; from here it is watched for a late return. */
export async function recordPaid(
  db: Db,
  payout: Payout & { stripePayoutId: StripePayoutId },
  watchDays: number,
): Promise<Payout> {
  const watchUntil = inMinutes(watchDays * 24 * 60);
  return move(db, {
    payoutId: payout.payoutId,
    from: ['sent'],
    change: {
      status: 'paid',
      paid_at: businessNow,
      watch_until: watchUntil,
      waiting_for: 'late-return',
      look_again_at: watchUntil,
    },
    entries: postings.paid(moneyOf(payout), payout.stripePayoutId),
  });
}

/** The watch is over and the bank kept it. */
export async function recordSettled(db: Db, payout: Payout): Promise<Payout> {
  return move(db, {
    payoutId: payout.payoutId,
    from: ['paid'],
    change: { status: 'settled', over_at: businessNow, ...notWaiting },
    entries: [],
  });
}

/**
 * The money is back at the account: the bank refused it, Stripe canceled it, or the bank sent it
 * back after it was paid. The earnings go back to the next payout.
 */
export async function recordBack(
  db: Db,
  payout: Payout & { stripePayoutId: StripePayoutId },
  why: {
    status: 'failed' | 'canceled';
    failureCode: string | null;
    bankAccount?: string | null;
    key?: string;
  },
): Promise<Payout> {
  return await db.transaction().execute(async (tx) => {
    const { status } = await lockPayout(tx, payout.payoutId);
    if (status !== 'sent' && status !== 'paid' && status !== 'settled') {
      return readPayout(tx, payout.payoutId);
    }
    const wasPaid = status !== 'sent';
    const lines = wasPaid ? postings.returned : postings.failed;
    const { sellerId, currency } = payout;
    const { bankAccount = null, failureCode } = why;
    const failed = bankAccount !== null && why.status === 'failed' && failureCode !== notTheBank;
    const { isPaused } = failed
      ? await recordBankFailure(tx, { sellerId, currency, bankAccount, failureCode })
      : { isPaused: false };
    const moved = await move(tx, {
      payoutId: payout.payoutId,
      from: [status],
      change: {
        status: wasPaid ? 'returned' : why.status,
        failure_code: failureCode,
        bank_account: bankAccount,
        awaits_details: isPaused,
        over_at: businessNow,
        ...notWaiting,
      },
      entries: lines(moneyOf(payout), payout.stripePayoutId),
      ...(why.key !== undefined && { attempt: { key: why.key, stripeId: payout.stripePayoutId } }),
    });
    await releaseEarnings(tx, payout);
    await parkClosed(tx, sellerId);
    // A seller without money does not wait for its payday; now it has some again.
    await wakeSeller(tx, payout.sellerId);
    // The details may be others already; a read of the account tells.
    const workflowId = sellerWorkflowId(sellerId);
    if (failed) await addWakeUps(tx, [{ workflowId, topics: ['account'] }]);
    return moved;
  });
}

/** Nobody pays a closed seller: a person has to open it again, or to say that it stays. */
async function parkClosed(tx: Tx, sellerId: SellerId): Promise<void> {
  await tx
    .updateTable('sellers')
    .set({ parked: parkNames.returnedAfterClose })
    .where('id', '=', sellerId)
    .where('status', '=', 'closed')
    .where('parked', 'is', null)
    .execute();
}

/** What the row says now may differ from what the caller read before it asked Stripe. */
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

/** A look-up found nothing, or the outcome just became unknown: the next look-up, or a person. */
export async function recordNotFound(
  db: Db,
  before: Payout,
  step: MoneyStep,
  detail: string | null = null,
): Promise<Payout> {
  const done = before.unknownStep === step ? before.lookUps + 1 : 0;
  const minutes = lookUpDelaysMinutes[done];
  if (minutes === undefined) return parkPayout(db, before, parkNames.outcomeUnknown, detail);
  return updateAsRead(db, before, {
    unknown_step: step,
    look_ups: done,
    waiting_for: waitNames.lookUp,
    look_again_at: inMinutes(minutes),
  });
}

/** No attempt of the payout is in question after all: its step is taken again. */
export async function recordNothingUnknown(db: Db, before: Payout): Promise<Payout> {
  return updateAsRead(db, before, { ...settledAttempt, ...notWaiting });
}
