import type { SkipReason } from '../funds.ts';
import type { Stop } from '../holds.ts';
import type {
  DiscrepancyId,
  EarningId,
  PayoutId,
  SellerId,
  StripeAccountId,
  StripePayoutId,
  TransferId,
} from '../ids.ts';
import type { Currency } from '../money.ts';
import type { ParkedPayout, ParkReason } from '../parking/reasons.ts';
import { type AttemptState, mayHaveMade, type MoneyStep } from '../stripe.ts';
import { type WaitReason, waits } from '../waits.ts';

/**
 * The status of a payout.
 * - `requested`: ordered; nothing is reserved yet.
 * - `reserved`: money is reserved; the platform's part must still be transferred.
 * - `transferred`: all of the money is at the account; Stripe does not have the payout yet.
 * - `sent`: Stripe has the payout, `po_`; the bank does not have it yet.
 * - `paid`: the bank has the money; the engine watches whether the bank returns it late.
 * - `settled`, `failed`, `returned`, `canceled`, `skipped`: over. `returned` also means that money
 *   which somebody else had paid came back.
 * - `paid-elsewhere`: over, because somebody else paid the money, at Stripe or outside Stripe, or
 *   because the account left the platform with the money.
 */
export type PayoutStatus = (typeof payoutStatuses)[number];
export const payoutStatuses = [
  'requested',
  'reserved',
  'transferred',
  'sent',
  'paid',
  'settled',
  'failed',
  'returned',
  'canceled',
  'skipped',
  'paid-elsewhere',
] as const;

/**
 * From reservation to Stripe's definite answer. Each seller and currency has at most one such
 * payout.
 */
export const inFlightStatuses = ['reserved', 'transferred'] as const;

/** Stripe does not have the payout yet. */
export const beforeStripeStatuses = ['requested', ...inFlightStatuses] as const;

/** The bank does not have the payout yet. */
export const beforeBankStatuses = [...beforeStripeStatuses, 'sent'] as const;

/** The bank has the payout, and the engine watches for a late return. */
export const watchedStatuses = ['paid'] as const;

/** The payout is not over. */
export const openStatuses = [...beforeBankStatuses, ...watchedStatuses] as const;

/** The payout's money is reserved or on its way to the bank. */
export const carryingStatuses = [...inFlightStatuses, 'sent'] as const;

/** All of the payout's money is at the account, or on its way from there to the bank. */
export const atAccountStatuses = ['transferred', 'sent'] as const;

/** Stripe has the payout, and the engine follows it. */
export const followedStatuses = ['sent', 'paid'] as const;

/** The bank has the payout and has not returned it. */
export const atBankStatuses = ['paid', 'settled'] as const;

/** The payout's money has left the account and has not come back. */
export const leftStatuses = ['sent', ...atBankStatuses] as const;

/**
 * The bank refused or returned the money. `canceled` is not included, because it says nothing about
 * the bank.
 */
export const refusedByBankStatuses = ['failed', 'returned'] as const;

/** The payout is over, and its money did not reach the seller: something later pays it. */
export const unpaidStatuses = [...refusedByBankStatuses, 'canceled', 'skipped'] as const;

/** True from reservation to Stripe's definite answer. */
export function isInFlight(status: PayoutStatus): boolean {
  return status === 'reserved' || status === 'transferred';
}

/**
 * True while Stripe may make the payout's transfer, or may have made a transfer that is not
 * recorded yet.
 */
export function mayTransfer(status: PayoutStatus): boolean {
  return status === 'requested' || status === 'reserved';
}

/** The same for the payout at Stripe. */
export function mayPayOut(status: PayoutStatus): boolean {
  return isAmong(beforeStripeStatuses, status);
}

/** True while all of the payout's money is at the account, or on its way from there to the bank. */
export function isAtAccount(status: PayoutStatus): status is (typeof atAccountStatuses)[number] {
  return isAmong(atAccountStatuses, status);
}

/** True while Stripe has the payout and a workflow follows it. */
export function isFollowed(status: PayoutStatus): boolean {
  return isAmong(followedStatuses, status);
}

/**
 * True if money of the payout was sent towards the seller's bank account, or may have been, and the
 * bank did not refuse it: Stripe made the transfer or the payout, or its answer is not known. The
 * SQL `mayHaveBeenSent` in db/schema/statuses.ts repeats this rule, and a test compares the two.
 */
export function mayHaveBeenSent(
  status: PayoutStatus,
  attempts: readonly { state: AttemptState; wasSent: boolean }[],
): boolean {
  if (isAmong(refusedByBankStatuses, status)) return false;
  return isAmong(leftStatuses, status) || attempts.some(mayHaveMade);
}

/** True for a payout that is over and whose money did not reach the seller. */
export function isUnpaid(status: PayoutStatus): boolean {
  return isAmong(unpaidStatuses, status);
}

function isAmong(statuses: readonly PayoutStatus[], status: PayoutStatus): boolean {
  return statuses.includes(status);
}

/**
 * What became of an order to cancel a payout that Stripe has and that goes on: Stripe was asked and
 * refused, Stripe's answer is unknown, or Stripe was not asked, because it had made the payout
 * before this database knew.
 */
export type CancelAnswer = 'refused' | 'unknown' | 'not-asked';

/** A payout's row, read at `now` (business time). Amounts in minor units. No personal data. */
export type Payout = {
  payoutId: PayoutId;
  sellerId: SellerId;
  currency: Currency;
  status: PayoutStatus;
  /** The ordered amount. Null orders everything that is payable. */
  requestedAmount: number | null;
  fromPlatform: number;
  fromAccount: number;
  stripeAccount: StripeAccountId | null;
  transferId: TransferId | null;
  /** When the transferred money can leave the account. Null until Stripe reports it. */
  arrivesAt: string | null;
  stripePayoutId: StripePayoutId | null;
  failureCode: string | null;
  /** True if the bank account is paused because payouts to it failed. */
  bankPaused: boolean;
  /** True if no bank account of the seller takes the payout's currency. Absent in old histories. */
  lacksBank?: boolean;
  /** When the cooling period of the changed bank account ends. Absent in old histories. */
  coolsUntil?: string | null;
  /**
   * The bank account of the payout. Null if the account was never read. Absent in old histories.
   */
  paysTo?: string | null;
  /** True if Stripe would convert a transfer to another currency. Absent in old histories. */
  isConverted?: boolean;
  /** Why no transfer can reach the account. Null if one can. Absent in old histories. */
  whyNoRoute?: string | null;
  /**
   * True if the account lacks a capability that payments to it need. Absent in old histories.
   */
  lacksCapability?: boolean;
  /** True if only the engine pays the account out. Absent in old histories. */
  payoutsAreManual?: boolean;
  /**
   * The first open discrepancy about money that moved without an order and may be the money of this
   * payout. Absent in old histories.
   */
  unordered?: DiscrepancyId | null;
  waitingFor: WaitReason | null;
  lookAgainAt: string | null;
  parked: ParkReason | null;
  /** How the object found at Stripe differs from the order. Absent in old histories. */
  parkedDetail?: string | null;
  /** Code and request id of Stripe's last error, if it explains the wait. Absent in old histories. */
  lastError?: string | null;
  /** Why Stripe refused the request, if the payout is parked for it. Absent in old histories. */
  refusal?: NonNullable<ParkedPayout['refusal']> | null;
  /** What the payout is made of. Absent in old histories. */
  earnings?: PayoutEarnings;
  /** The step whose outcome is unknown, and the number of look-ups that found nothing. */
  unknownStep: MoneyStep | null;
  lookUps: number;
  /**
   * The object at Stripe that a person named, until the engine has read it. Absent in old
   * histories.
   */
  namedStripeId?: string | null;
  watchUntil: string | null;
  /**
   * True if a cancellation was ordered and is not decided yet: Stripe must be asked, or the outcome
   * of an open request must be known first.
   */
  cancelAsked: boolean;
  /** The pause and holds of the seller, if the payout waits for them. Absent in old histories. */
  stops?: Stop[];
  /**
   * True if another payout of this seller and currency waits until this payout has left the
   * account.
   */
  othersWait: boolean;
  /** Why the payout ended without moving money. Absent in old histories. */
  skipReason?: SkipReason | null;
  /** The names of the API keys that ordered and canceled the payout. Absent in old histories. */
  orderedBy?: string;
  canceledBy?: string | null;
  /** When what happened. Absent in old histories. */
  dates?: PayoutDates;
  /** How far business time is ahead of real time. Absent in old histories. */
  aheadMs?: number;
  now: string;
};

/** The number of earnings of a payout, and the first of them with their parts in minor units. */
export type PayoutEarnings = {
  count: number;
  first: { earningId: EarningId; amount: number }[];
};

/** When what happened to a payout, for its description. */
export type PayoutDates = {
  ordered: string;
  reserved: string | null;
  sent: string | null;
  /** The day on which Stripe expects the bank to have the money. */
  bankExpected: string | null;
  paid: string | null;
  over: string | null;
  parked: string | null;
  /** Since when the payout waits for the same reason. */
  waiting?: string | null;
};

/** The next step of the payout's workflow. */
export type PayoutStep =
  | { kind: 'reserve' | 'transfer' | 'payout' | 'cancel' | 'follow' | 'settle' }
  | { kind: 'look-up'; step: MoneyStep }
  | { kind: 'wait'; for: WaitReason | ParkReason; until: string | null }
  | { kind: 'over' };

/**
 * Decides the next step of a payout's workflow from the row. `woken` is true if a wake-up arrived
 * after the row was written; a wake-up can end a wait early.
 */
export function nextStep(payout: Payout, woken: boolean): PayoutStep {
  if (isOver(payout)) return { kind: 'over' };
  if (payout.parked) return { kind: 'wait', for: payout.parked, until: null };
  const due = payout.lookAgainAt === null || payout.lookAgainAt <= payout.now;
  const cancels = payout.status === 'sent' && payout.cancelAsked;
  const isCut = (woken && mayBeCutShort(payout)) || cancels;
  if (payout.waitingFor && !due && !isCut) {
    return { kind: 'wait', for: payout.waitingFor, until: payout.lookAgainAt };
  }
  if (payout.unknownStep) return { kind: 'look-up', step: payout.unknownStep };
  if (cancels) return { kind: 'cancel' };
  return { kind: stepByStatus[payout.status as OpenStatus] };
}

/**
 * True if the outcome of a step must be looked up now. False immediately after a look-up, so that a
 * look-up that runs twice is counted once.
 */
export function isLookUpDue({ parked, unknownStep, lookAgainAt, now }: Payout): boolean {
  return !parked && unknownStep !== null && (lookAgainAt === null || lookAgainAt <= now);
}

/** True if the payout has ended and has no next step. */
export function isOver({ status }: Pick<Payout, 'status'>): boolean {
  return !(status in stepByStatus);
}

type OpenStatus = (typeof openStatuses)[number];
const stepByStatus = {
  requested: 'reserve',
  reserved: 'transfer',
  transferred: 'payout',
  sent: 'follow',
  paid: 'settle',
} as const satisfies Record<OpenStatus, string>;

/** False for waits that an event cannot end early, such as the arrival of a transfer. */
function mayBeCutShort({ waitingFor }: Payout): boolean {
  return waitingFor === null || !waits[waitingFor].ignoresWakeUps;
}
