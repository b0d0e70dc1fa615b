import { failureOf } from '../accounts/failures.ts';
import { formatMoney, type Money, money } from '../money.ts';
import { payoutParkOf } from '../parking/reasons.ts';
import { skips } from '../paydays/words.ts';
import type { SellerStatus } from '../sellers.ts';
import { rejected, sayWait, waitNames } from '../waits.ts';
import type { AttemptRecord, PayoutRecord } from './facts.ts';
import { putOffWaits } from './stripe-delays.ts';

/** Facts that explain why a payout waits, from outside the payout's row. */
export type Beside = {
  sellerStatus?: SellerStatus | undefined;
  isRejected?: boolean;
  /** Another payout of the seller that goes first; null if there is none. */
  before?: Pick<PayoutRecord, 'id' | 'waitingFor'> | null;
  /** The platform's available balance at Stripe in the payout's currency. */
  available?: Money | undefined;
};

/** True if what Stripe has available for the platform explains why one of these payouts waits. */
export function waitForPlatform(payouts: readonly Pick<PayoutRecord, 'waitingFor'>[]): boolean {
  return payouts.some(({ waitingFor }) => waitingFor === waitNames.platformBalance);
}

/** What an ordered payout waits for before it starts: its seller, or another payout. */
function sayStart({ id }: PayoutRecord, { sellerStatus, isRejected, before }: Beside): string {
  if (sellerStatus === undefined || before === undefined) {
    return `The payout starts when its seller is active and no other payout in this currency goes first. GET /v1/payouts/${id}/explain shows which of the two it waits for`;
  }
  if (isRejected) return rejected;
  if (sellerStatus !== 'active') {
    return `The payout starts when its seller is active. The seller is ${sellerStatus}`;
  }
  if (before === null) {
    return 'The payout is next. The seller’s workflow starts it at the workflow’s next check';
  }
  const then =
    before.waitingFor === waitNames.hold ? 'no longer waits for a hold' : 'has Stripe’s answer';
  return `Payout ${before.id} goes first. This payout starts when payout ${before.id} ${then}`;
}

/** What a payout waits for, why, and when the engine checks again at the latest. */
export function waitingOf(payout: PayoutRecord, beside: Beside = {}) {
  const notStarted = payout.status === 'requested' && payout.startedAt === null;
  const reason = payout.waitingFor ?? (notStarted ? ('start' as const) : null);
  if (reason === null || payout.parked) return null;
  const said = reason === 'start' ? sayStart(payout, beside) : sayWait(reason, payout, beside);
  return { for: reason, reason: said, lookAgainAt: payout.lookAgainAt };
}

/** Where the money of a canceled payout is. */
export function canceledOf(payout: PayoutRecord): string {
  const where = freedOf(payout);
  if (payout.cancelOrderedBy !== 'engine') return where;
  return `the charge of an earning paid the seller by itself, and another payout pays the rest; ${where}`;
}

function freedOf(payout: PayoutRecord): string {
  const { transferId, fromPlatform, fromAccount, currency } = payout;
  const left = transferId === null ? fromPlatform : 0;
  const there = fromPlatform + fromAccount - left;
  const say = (amount: number): string => formatMoney(money(amount, currency));
  const atPlatform = 'payable at the platform, because it was not transferred';
  const atAccount = 'at the account, where the next payout uses it';
  if (left > 0 && there > 0) return `${say(left)} is ${atPlatform}; ${say(there)} is ${atAccount}`;
  if (left > 0) return `the money is ${atPlatform}`;
  return there > 0 ? `the money is ${atAccount}` : 'no money was reserved';
}

/** Why a payout ended without moving money. */
export function skippedOf({ skipReason }: PayoutRecord): string | null {
  return skipReason && skips[skipReason];
}

/** How somebody else paid the money of a payout, and why it came back. Null if nobody did. */
function paidElsewhereOf({ paidBy, paidOutside: proof, paidReason, returnReason }: PayoutRecord) {
  if (paidReason === null) return null;
  return { stripeIds: paidBy ?? [], proof, reason: paidReason, returnReason };
}

/** Where the money of a returned payout is. Null if the engine paid it. */
export function returnedOf({ status, paidReason, paidOutside }: PayoutRecord): string | null {
  if (status !== 'returned' || paidReason === null) return null;
  return paidOutside === null
    ? 'paid by somebody else, but the money came back to the account and was held: it is owed again'
    : 'paid by somebody else outside Stripe, but the money did not arrive: it is owed again, and a later payout pays it';
}

/** Why a payout failed or was returned, for the seller and for an operator. */
export function failedOf({ status, failureCode, paidReason }: PayoutRecord) {
  if ((status !== 'failed' && status !== 'returned') || paidReason !== null) return null;
  return { code: failureCode, ...failureOf(failureCode) };
}

const cancellations = {
  asking: 'Stripe has the payout and is asked to cancel it',
  canceled: 'The payout was canceled',
  'too-late': 'Stripe refused: it is too late, and the payout continues',
  unknown: 'Stripe’s answer was lost. The engine reads the payout from Stripe to learn the outcome',
} as const;

/** The result of an order to cancel. */
export function cancellationOf(payout: PayoutRecord) {
  const { status, cancelOrderedAt, cancelOrderedBy, cancelAnswer } = payout;
  if (cancelOrderedAt === null || cancelOrderedBy === null) return null;
  const state = cancelStateOf(status, cancelAnswer);
  const where = state === 'canceled' ? `: ${canceledOf(payout)}` : '';
  const explanation = `${cancellations[state]}${where}`;
  return { orderedAt: cancelOrderedAt, orderedBy: cancelOrderedBy, state, explanation };
}

function cancelStateOf(
  status: PayoutRecord['status'],
  answer: PayoutRecord['cancelAnswer'],
): keyof typeof cancellations {
  if (status === 'canceled') return 'canceled';
  if (answer === 'refused' || status !== 'sent') return 'too-late';
  return answer ?? 'asking';
}

/** Why a payout parked, and each request that lets it continue. */
export function parkedOf(
  payout: Pick<PayoutRecord, 'id' | 'parked' | 'parkedAt' | 'parkedDetail' | 'unknownStep'>,
) {
  const { parked, parkedAt: since, unknownStep: step } = payout;
  if (!parked || !since) return null;
  return { reason: parked, since, step, ...payoutParkOf(parked, payout) };
}

/** Returns the platform's available balance at Stripe in a currency. */
export type Available = (currency: string) => Money;

/** Converts a payout for an answer. With its attempts, the answer shows unanswered requests. */
export function showPayout(record: PayoutRecord, attempts: readonly AttemptRecord[] = []) {
  const { requestedAmount, fromPlatform, fromAccount, currency } = record;
  const {
    lookAgainAt: _look,
    parkedAt: _at,
    parkedDetail: _detail,
    unknownStep: _step,
    paidBy: _by,
    paidOutside: _outside,
    paidReason: _why,
    returnReason: _whyBack,
    ...shown
  } = record;
  const { requestedAmount: _requested, cancelAnswer: _answer, ...named } = shown;
  const { cancelOrderedAt: _orderedAt, cancelOrderedBy: _orderedBy, ...rest } = named;
  return {
    ...rest,
    requested: requestedAmount === null ? null : money(requestedAmount, currency),
    fromPlatform: money(fromPlatform, currency),
    fromAccount: money(fromAccount, currency),
    total: money(fromPlatform + fromAccount, currency),
    failure: failedOf(record),
    waiting: putOffOf(record, attempts) ?? waitingOf(record),
    parked: parkedOf(record),
    skipped: skippedOf(record),
    paidElsewhere: paidElsewhereOf(record),
    cancellation: cancellationOf(record),
  };
}

/** A request that Stripe has not answered explains more than the wait in the row. */
function putOffOf(record: PayoutRecord, attempts: readonly AttemptRecord[]) {
  const { id, parked, waitingFor } = record;
  const [wait] = parked || waitingFor === waitNames.moneyStopped ? [] : putOffWaits(attempts, id);
  return wait && { for: wait.for, reason: wait.reason, lookAgainAt: wait.lookAgainAt };
}
