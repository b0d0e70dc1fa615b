import type { Stop } from '../holds.ts';
import type { PayoutId, SellerId, StripeAccountId, StripePayoutId, TransferId } from '../ids.ts';
import type { Currency } from '../money.ts';
import type { ParkReason } from '../parking/reasons.ts';
import type { MoneyStep } from '../stripe.ts';
import { type WaitReason, waits } from '../waits.ts';

/**
 * - `requested`: ordered; nothing is reserved yet.
 * - `reserved`: money is reserved; the platform's part must still be transferred.
 * - `transferred`: all of the money is at the account; Stripe does not have the payout yet.
 * - `sent`: Stripe has the payout, `po_`; the bank does not have it yet.
 * - `paid`: the bank has it; the engine watches for late returns.
 * - `settled`, `failed`, `returned`, `canceled`, `skipped`: over.
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
] as const;

/**
 * Between reservation and Stripe's definite answer. Each seller and currency has at most one such
 * payout.
 */
export const inFlightStatuses = ['reserved', 'transferred'] as const;

/** Stripe does not have the payout yet. */
export const beforeStripeStatuses = ['requested', ...inFlightStatuses] as const;

/** The bank does not have the payout yet. */
export const beforeBankStatuses = [...beforeStripeStatuses, 'sent'] as const;

/** The payout has a next step. */
export const openStatuses = [...beforeBankStatuses, 'paid'] as const;

/** The payout's money is reserved or on its way, and not at the bank yet. */
export const carryingStatuses = [...inFlightStatuses, 'sent'] as const;

/** Stripe has the payout, and the engine follows it. */
export const followedStatuses = ['sent', 'paid'] as const;

/** The bank has the payout and has not returned it. */
export const atBankStatuses = ['paid', 'settled'] as const;

/** The payout's money has left the account and has not come back. */
export const leftStatuses = ['sent', ...atBankStatuses] as const;

/** The bank did not keep the payout. A canceled payout says nothing about the bank account. */
export const refusedByBankStatuses = ['failed', 'returned'] as const;

/** True until Stripe has given a definite answer about the payout. */
export function isInFlight(status: PayoutStatus): boolean {
  return status === 'reserved' || status === 'transferred';
}

/** Stripe's answer to a request to cancel a payout that it has: too late, or no usable answer. */
export type CancelAnswer = 'refused' | 'unknown';

/** A payout as stored, read at `now` (business time). No personal data. */
export type Payout = {
  payoutId: PayoutId;
  sellerId: SellerId;
  currency: Currency;
  status: PayoutStatus;
  /** The ordered amount in minor units. Null orders everything that is payable. */
  requestedAmount: number | null;
  fromPlatform: number;
  fromAccount: number;
  stripeAccount: StripeAccountId | null;
  transferId: TransferId | null;
  /** When the transferred money can be paid out. Null until Stripe tells. */
  arrivesAt: string | null;
  stripePayoutId: StripePayoutId | null;
  failureCode: string | null;
  /** Payouts to its bank account failed, so nothing more is sent there. */
  bankPaused: boolean;
  /** None of the known bank accounts takes the payout's currency. Absent in old histories. */
  lacksBank?: boolean;
  /**
   * Until when its bank account takes no payout, because it was changed. Absent in old histories.
   */
  coolsUntil?: string | null;
  /** The bank account that the payout goes to, if the account was read. Absent in old histories. */
  paysTo?: string | null;
  /**
   * Stripe would convert a transfer, because the account holds another currency. Absent in old
   * histories.
   */
  isConverted?: boolean;
  /** Only the engine pays the account out. Absent in old histories. */
  payoutsAreManual?: boolean;
  waitingFor: WaitReason | null;
  lookAgainAt: string | null;
  parked: ParkReason | null;
  /** How the object found at Stripe differs from the order. Absent in old histories. */
  parkedDetail?: string | null;
  /** Stripe's error code of the last attempt, if it explains the wait. Absent in old histories. */
  lastError?: string | null;
  /** The step whose outcome is unknown, and the number of look-ups that found nothing. */
  unknownStep: MoneyStep | null;
  lookUps: number;
  /**
   * The object at Stripe that a person named and the engine has not read yet. Absent in old
   * histories.
   */
  namedStripeId?: string | null;
  watchUntil: string | null;
  /** Stripe must be asked to cancel the payout and has not answered yet. */
  cancelAsked: boolean;
  /**
   * The pause and holds of the seller, while the payout waits for them. Absent in old histories.
   */
  stops?: Stop[];
  /** Another payout of this seller and currency waits until this one has left the account. */
  othersWait: boolean;
  now: string;
};

/** The next step of the payout's workflow. */
export type PayoutStep =
  | { kind: 'reserve' | 'transfer' | 'payout' | 'cancel' | 'follow' | 'settle' }
  | { kind: 'look-up'; step: MoneyStep }
  | { kind: 'wait'; for: WaitReason | ParkReason; until: string | null }
  | { kind: 'over' };

/**
 * Decides the next step from the row alone. `woken` is true if a wake-up arrived after the row was
 * written: it can end a wait early.
 */
export function nextStep(payout: Payout, woken: boolean): PayoutStep {
  if (isOver(payout)) return { kind: 'over' };
  if (payout.parked) return { kind: 'wait', for: payout.parked, until: null };
  const due = payout.lookAgainAt === null || payout.lookAgainAt <= payout.now;
  const cancels = payout.status === 'sent' && payout.cancelAsked;
  const isCut = (woken && mayBeCutShort(payout)) || (cancels && payout.waitingFor === 'bank');
  if (payout.waitingFor && !due && !isCut) {
    return { kind: 'wait', for: payout.waitingFor, until: payout.lookAgainAt };
  }
  if (payout.unknownStep) return { kind: 'look-up', step: payout.unknownStep };
  if (cancels) return { kind: 'cancel' };
  return { kind: stepByStatus[payout.status as OpenStatus] };
}

/** False immediately after a look-up, so that a look-up that runs twice counts once. */
export function isLookUpDue({ parked, unknownStep, lookAgainAt, now }: Payout): boolean {
  return !parked && unknownStep !== null && (lookAgainAt === null || lookAgainAt <= now);
}

/** True if the payout has no next step. */
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

/** A wake-up cannot make money arrive earlier, nor a look-up useful before its time. */
function mayBeCutShort({ waitingFor }: Payout): boolean {
  return waitingFor === null || !waits[waitingFor].ignoresWakeUps;
}
