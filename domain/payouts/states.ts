import type { Stop } from '../holds.ts';
import type { PayoutId, SellerId, StripeAccountId, StripePayoutId, TransferId } from '../ids.ts';
import type { Currency } from '../money.ts';
import type { ParkReason } from '../parking/reasons.ts';
import type { MoneyStep } from '../stripe.ts';
import { type WaitReason, waits } from '../waits.ts';

/**
 * - `requested`: the row stands, nothing is set aside yet.
 * - `reserved`: money is set aside; the platform's part has still to be transferred.
 * - `transferred`: all of it is at the account; Stripe has not taken the payout yet.
 * - `sent`: Stripe has the payout, `po_`; the bank does not have it yet.
 * - `paid`: the bank has it; watched for late returns.
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

/** Between reservation and Stripe's definite answer: one such payout for each seller and currency. */
export const inFlightStatuses = ['reserved', 'transferred'] as const;

/** Stripe does not have the payout yet. */
export const beforeStripeStatuses = ['requested', ...inFlightStatuses] as const;

/** The bank does not have the payout yet. */
export const beforeBankStatuses = [...beforeStripeStatuses, 'sent'] as const;

/** Something can still happen to the payout: each of these has a next step. */
export const openStatuses = [...beforeBankStatuses, 'paid'] as const;

/** The payout's money has been set aside and is not at the bank yet. */
export const carryingStatuses = [...inFlightStatuses, 'sent'] as const;

/** Stripe has the payout, and the engine still follows it. */
export const followedStatuses = ['sent', 'paid'] as const;

/** The bank has the payout and has not sent it back. */
export const atBankStatuses = ['paid', 'settled'] as const;

/** The payout's money has left the account and has not come back. */
export const leftStatuses = ['sent', ...atBankStatuses] as const;

/** True while Stripe has not answered about it for good. */
export function isInFlight(status: PayoutStatus): boolean {
  return status === 'reserved' || status === 'transferred';
}

/** What Stripe said when it was asked to cancel a payout it has: too late, or nothing that tells. */
export type CancelAnswer = 'refused' | 'unknown';

/** A payout as its row tells it, read at `now` (business time). No personal data. */
export type Payout = {
  payoutId: PayoutId;
  sellerId: SellerId;
  currency: Currency;
  status: PayoutStatus;
  /** Minor units asked for; null asks for all that is payable. */
  requestedAmount: number | null;
  fromPlatform: number;
  fromAccount: number;
  stripeAccount: StripeAccountId | null;
  transferId: TransferId | null;
  /** When the transferred money can be paid out; null until Stripe said so. */
  arrivesAt: string | null;
  stripePayoutId: StripePayoutId | null;
  failureCode: string | null;
  /** The bank account that it would go to failed, and nothing more is sent there. */
  bankPaused: boolean;
  /** None of the bank accounts that are known takes its currency; absent in old histories. */
  lacksBank?: boolean;
  /** Until when the bank account takes none, since it was changed; absent in old histories. */
  coolsUntil?: string | null;
  /** The bank account it goes to, as far as the account was read; absent in old histories. */
  paysTo?: string | null;
  /** Stripe would convert what is transferred: the account holds other money. Absent in old histories. */
  isConverted?: boolean;
  /** Nobody but us pays the account out; absent in old histories. */
  payoutsAreManual?: boolean;
  waitingFor: WaitReason | null;
  lookAgainAt: string | null;
  parked: ParkReason | null;
  /** What was found at Stripe that is not what was ordered; absent in old histories. */
  parkedDetail?: string | null;
  /** Stripe's code for why it waits or stopped, of the last attempt; absent in old histories. */
  lastError?: string | null;
  /** The step whose outcome is unknown, and how often it was looked up without being found. */
  unknownStep: MoneyStep | null;
  lookUps: number;
  /** What a person says that Stripe has, still to be looked at; absent in old histories. */
  namedStripeId?: string | null;
  watchUntil: string | null;
  /** Stripe is to be asked to cancel it, and has not answered yet. */
  cancelAsked: boolean;
  /** What stops the seller's money, told while the payout waits for that; absent in old histories. */
  stops?: Stop[];
  /** Another payout of this seller and currency waits for this one to leave. */
  othersWait: boolean;
  now: string;
};

/** What the payout's workflow does next. */
export type PayoutStep =
  | { kind: 'reserve' | 'transfer' | 'payout' | 'cancel' | 'follow' | 'settle' }
  | { kind: 'look-up'; step: MoneyStep }
  | { kind: 'wait'; for: WaitReason | ParkReason; until: string | null }
  | { kind: 'over' };

/**
 * Decides the next step from the row alone. `woken` says that something happened since the row
 * was written, so that a wait is worth cutting short.
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

/** Banks take five business days at most (docs.stripe.com/payouts, 2026-09). */
export const lateDays = 7;

/** True when the banks have had it for longer than they should take. */
export function isLateAt(
  { status, sentAt }: { status: PayoutStatus; sentAt: string | null },
  now: string,
): boolean {
  if (status !== 'sent' || sentAt === null) return false;
  return Date.parse(now) - Date.parse(sentAt) > lateDays * 24 * 3_600_000;
}

/** False right after a look-up: one that runs twice must not count as two. */
export function isLookUpDue({ parked, unknownStep, lookAgainAt, now }: Payout): boolean {
  return !parked && unknownStep !== null && (lookAgainAt === null || lookAgainAt <= now);
}

/** True when nothing will happen to this payout any more. */
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

/** Money that has not arrived does not arrive sooner because somebody knocked. */
function mayBeCutShort({ waitingFor }: Payout): boolean {
  return waitingFor === null || !waits[waitingFor].ignoresWakeUps;
}
