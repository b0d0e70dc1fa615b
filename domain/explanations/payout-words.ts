import { failureOf } from '../accounts/failures.ts';
import { type Money, money } from '../money.ts';
import { lateAtBank, payoutParkOf } from '../parking/reasons.ts';
import { sayBelowLeast, sayBelowMinimum, skips } from '../paydays/words.ts';
import { skipsForSeller, waitsForSeller } from '../for-seller/waits.ts';
import { byHolds } from '../payouts/commands.ts';
import { isLateAt } from '../payouts/late.ts';
import { isAtAccount, isInFlight, isUnpaid } from '../payouts/states.ts';
import { payoutSentences, sayFreed } from '../payouts/whereabouts.ts';
import { refusalForSeller } from '../refusals/reasons.ts';
import type { SellerStatus } from '../sellers.ts';
import { rejected, sayWait, waitNames } from '../waits.ts';
import type { AttemptRecord, PayoutRecord, Successor } from './facts.ts';
import { putOffWaits } from './stripe-delays.ts';

/** Facts that explain why a payout waits, from outside the payout's row. */
export type Beside = {
  sellerStatus?: SellerStatus | undefined;
  isRejected?: boolean;
  /** Another payout of the seller that goes first; null if there is none. */
  before?: Pick<PayoutRecord, 'id' | 'waitingFor'> | null;
  /** Why the platform's money cannot reach the seller. Null if it can. */
  whyNoRoute?: string | null;
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
  const isLate = reason === waitNames.atBank && isLateAt(payout, payout.asOf);
  const forSeller = isLate ? waitsForSeller.late : waitsForSeller[reason];
  return { for: reason, reason: said, forSeller, lookAgainAt: payout.lookAgainAt };
}

/** Why a payout was canceled, if no person ordered it here, and where its money is. */
export function canceledOf(payout: PayoutRecord): string {
  if (payout.stripePayoutId !== null && !isOrderedHere(payout)) return stoppedByOthers;
  const where = sayFreed(payout);
  const why = engineCancels[payout.cancelOrderedBy ?? ''];
  return why === undefined ? where : `${why}; ${where}`;
}

const stoppedByOthers =
  'not by an order here, but at Stripe: in the Dashboard, or by Stripe itself. The money is at the account and was put on hold. A person decides whether to release the hold';

/** Why the engine itself canceled a payout, by who ordered it. */
const engineCancels: Record<string, string> = {
  engine: 'the charge of an earning paid the seller by itself, and another payout pays the rest',
  [byHolds]: 'holds now cover money of this payout, and another payout pays what the holds leave',
};

/** True if the payout was canceled because of an order here. Stripe did not refuse the order. */
function isOrderedHere({ cancelOrderedAt, cancelAnswer }: PayoutRecord): boolean {
  return cancelOrderedAt !== null && (cancelAnswer === null || cancelAnswer === 'unknown');
}

/** Why a payout ended without moving money. */
export function skippedOf(payout: PayoutRecord): string | null {
  const { skipReason, skipMinimum, requestedAmount, currency } = payout;
  if (skipReason !== 'below-minimum') return skipReason && skips[skipReason];
  const ordered = requestedAmount === null ? null : money(requestedAmount, currency);
  if (skipMinimum === null || ordered === null) return sayBelowLeast(ordered);
  return sayBelowMinimum(ordered, money(skipMinimum, currency));
}

/**
 * Which payouts pay the money of a payout that did not pay it, one sentence each. If none does, says
 * where to see what the money waits for.
 */
export function sayPaidNowBy(
  { status, sellerId }: PayoutRecord,
  successors: readonly Successor[],
): string[] {
  const isBack = isUnpaid(status) && status !== 'skipped';
  if (isBack && successors.length === 0) {
    const explained = `GET /v1/sellers/${sellerId}/explain says what it waits for`;
    return [`No payout pays this money yet. ${explained}`];
  }
  return successors
    .slice(0, mostSaid)
    .map(({ id, status }) =>
      status === 'requested'
        ? `Payout ${id} is ordered and pays this money, unless a hold keeps it`
        : `Payout ${id} pays this money now: ${payoutSentences[status]}`,
    );
}

/** The most payouts that a summary names. The explanation lists them all. */
const mostSaid = 3;

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

/** What became of an order to cancel. Each state says whether Stripe was asked. */
export type CancelState = (typeof cancelStates)[number];
export const cancelStates = [
  'canceled',
  'outcome-open',
  'not-asked-yet',
  'asking',
  'refused',
  'unknown',
  'not-asked',
] as const;

/** The result of an order to cancel. */
export function cancellationOf(payout: PayoutRecord) {
  const { cancelOrderedAt, cancelOrderedBy, cancelRequest } = payout;
  if (cancelOrderedAt === null || cancelOrderedBy === null) return null;
  const state = cancelStateOf(payout);
  const stripeCode = state === 'refused' || state === 'asking' ? cancelRequest?.code : null;
  return {
    orderedAt: cancelOrderedAt,
    orderedBy: cancelOrderedBy,
    state,
    stripeCode: stripeCode ?? null,
    explanation: sayCancellation(payout, state),
  };
}

function cancelStateOf(payout: PayoutRecord): CancelState {
  const { status, cancelAnswer, cancelRequest } = payout;
  if (status === 'canceled')
    return isOrderedHere(payout) ? 'canceled' : (cancelAnswer ?? 'unknown');
  if (isInFlight(status)) return 'outcome-open';
  if (cancelAnswer !== null) return cancelAnswer;
  if (status !== 'sent') return cancelRequest === null ? 'not-asked' : 'unknown';
  return cancelRequest === null ? 'not-asked-yet' : 'asking';
}

function sayCancellation(payout: PayoutRecord, state: CancelState): string {
  const { status, cancelRequest, unknownStep, parked } = payout;
  const code = cancelRequest?.code ? ` (${cancelRequest.code})` : '';
  const goesOn = status === 'sent' ? 'The payout continues to the bank' : endOf(payout);
  switch (state) {
    case 'canceled':
      return `The payout was canceled: ${canceledOf(payout)}`;
    case 'outcome-open': {
      const step = unknownStep ?? (status === 'reserved' ? 'transfer' : 'payout');
      const then = parked
        ? 'The engine’s look-ups did not decide this: a person must say whether Stripe made it, see `parked`'
        : 'The engine looks for it at Stripe';
      return `A request for the ${step} was sent before the cancellation, and it is not known whether Stripe carried it out. Nothing more is sent. ${then}. If it was not made, the payout is canceled. ${step === 'transfer' ? 'If it was made, its money is at the account, and the payout is canceled there' : 'If it was made, Stripe is asked to cancel the payout'}`;
    }
    case 'not-asked-yet':
      return 'Stripe has the payout, and the engine has not asked Stripe to cancel it yet. It asks as its next step; if this does not change within a minute, GET /ready shows what is wrong';
    case 'asking':
      return `Stripe was asked ${timesOf(cancelRequest?.tries)} to cancel the payout and has not decided${code ? `; its last answer was${code}` : ''}. The engine asks again until Stripe decides`;
    case 'refused':
      return `Stripe was asked, and refused to cancel the payout${code}. ${goesOn}`;
    case 'unknown':
      return `Stripe was asked to cancel the payout, and its answer was lost. ${status === 'sent' ? 'The engine reads the payout from Stripe to learn the outcome' : goesOn}`;
    case 'not-asked':
      return status === 'sent'
        ? 'Stripe already had the payout when this cancellation was recorded, and Stripe was not asked. The payout continues. Cancel it again to ask Stripe'
        : `Stripe was not asked to cancel the payout, because the payout had ended before the engine could ask. ${goesOn}`;
  }
}

function timesOf(tries = 1): string {
  return tries === 1 ? 'once' : `${tries} times`;
}

/** How a payout ended that was not canceled by the order. */
function endOf({ status }: PayoutRecord): string {
  const atBank = status === 'paid' || status === 'settled';
  return atBank ? 'The bank has the money' : `The payout is ${status}`;
}

/** Why a payout parked, and each request that lets it continue. */
export function parkedOf(
  payout: Pick<
    PayoutRecord,
    'id' | 'status' | 'parked' | 'parkedAt' | 'parkedDetail' | 'refused' | 'unknownStep'
  >,
) {
  const { parked, parkedAt: since, unknownStep: step } = payout;
  if (!parked || !since) return null;
  const of = { ...payout, isAtAccount: isAtAccount(payout.status) };
  const { refused } = payout;
  const forSeller = refused ? refusalForSeller(refused) : waitsForSeller[parked];
  return { reason: parked, since, step, forSeller, ...payoutParkOf(parked, of) };
}

/** What a person can do about a payout that is late at the bank. */
export function lateOf(payout: PayoutRecord) {
  return payoutParkOf(lateAtBank, { ...payout, isAtAccount: isAtAccount(payout.status) });
}

/** Returns the platform's available balance at Stripe in a currency. */
export type Available = (currency: string) => Money;

/** Converts a payout for an answer. With its attempts, the answer shows unanswered requests. */
export function showPayout(record: PayoutRecord, attempts: readonly AttemptRecord[] = []) {
  const { requestedAmount, fromPlatform, fromAccount, currency } = record;
  const {
    lookAgainAt: _look,
    waitsSince: _since,
    parkedAt: _at,
    parkedDetail: _detail,
    refused: _refused,
    unknownStep: _step,
    paidBy: _by,
    paidOutside: _outside,
    paidReason: _why,
    returnReason: _whyBack,
    asOf: _asOf,
    isPausedAtStripe: _isPaused,
    skipMinimum: _minimum,
    ...shown
  } = record;
  const { requestedAmount: _requested, cancelAnswer: _answer, ...named } = shown;
  const { cancelOrderedAt: _orderedAt, cancelOrderedBy: _orderedBy, ...ordered } = named;
  const { cancelRequest: _request, ...rest } = ordered;
  return {
    ...rest,
    requested: requestedAmount === null ? null : money(requestedAmount, currency),
    fromPlatform: money(fromPlatform, currency),
    fromAccount: money(fromAccount, currency),
    total: money(fromPlatform + fromAccount, currency),
    failure: failedOf(record),
    trace: traceOf(record),
    waiting: putOffOf(record, attempts) ?? waitingOf(record),
    parked: parkedOf(record),
    skipped: skippedOf(record),
    skippedForSeller: record.skipReason && skipsForSeller[record.skipReason],
    paidElsewhere: paidElsewhereOf(record),
    cancellation: cancellationOf(record),
  };
}

/** What the banks call the payment. They name no payment that ended without paying. */
function traceOf({ status, trace }: PayoutRecord): PayoutRecord['trace'] {
  return isUnpaid(status) && !trace?.id ? null : trace;
}

/** True while a hold or a pause keeps a request from being sent again. */
export function isBraked({ status, waitingFor }: PayoutRecord): boolean {
  const isOfBrake = waitingFor === waitNames.hold || waitingFor === waitNames.sellerPaused;
  return isInFlight(status) && isOfBrake;
}

/** A request that Stripe has not answered explains more than the wait in the row. */
function putOffOf(record: PayoutRecord, attempts: readonly AttemptRecord[]) {
  const { id, parked, waitingFor } = record;
  const isStopped = parked !== null || waitingFor === waitNames.moneyStopped || isBraked(record);
  const [wait] = isStopped ? [] : putOffWaits(attempts, id);
  if (!wait) return undefined;
  const { for: name, reason, forSeller, lookAgainAt } = wait;
  return { for: name, reason, forSeller, lookAgainAt };
}
