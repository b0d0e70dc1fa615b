import type { ParkReason } from '../parking/reasons.ts';
import type { WaitReason } from '../waits.ts';
import type { SkipReason } from '../funds.ts';
import {
  type PayoutId,
  payoutWorkflowId,
  type SellerId,
  sellerWorkflowId,
  type StripeAccountId,
  type StripePayoutId,
  type TransferId,
} from '../ids.ts';
import type { Entry, PayoutMoney } from '../ledger.ts';
import { minor } from '../money.ts';
import type { MoneyStep } from '../stripe.ts';
import type { Wake } from '../wake-ups.ts';
import type { CancelAnswer, Payout, PayoutStatus } from './states.ts';

/** A point in business time: an instant, or a number of minutes after the transition is stored. */
export type Moment = string | { inMinutes: number };

/** What a payout waits for, and when it checks again at the latest. */
export type Wait = {
  reason: WaitReason;
  until: Moment;
  /**
   * The Stripe payout whose end is awaited. If an event about its end is already stored, the payout
   * checks again at once.
   */
  orEndOf?: StripePayoutId;
};

/** Values that a transition stores unchanged. Absent fields keep their stored values. */
export type Facts = {
  fromPlatform?: number;
  fromAccount?: number;
  stripeAccount?: StripeAccountId | null;
  transferId?: TransferId | null;
  /**
   * The id of the transfer's arrival at the account, `py_`, which Stripe's books of the account
   * contain.
   */
  arrival?: string | null;
  arrivesAt?: string | null;
  stripePayoutId?: StripePayoutId | null;
  bankExpectedOn?: string | null;
  /** The status at Stripe that was read now. */
  readStatus?: string;
  failureCode?: string | null;
  bankAccount?: string | null;
  /** The bank account to which Stripe sends the money. */
  destination?: string | null;
  /** What the banks call the payment. `id` is null until they have named it. */
  trace?: { status: string; id: string | null } | null;
  /** True if the money is paid again as soon as the seller changes the bank details. */
  awaitsDetails?: boolean;
  skipReason?: SkipReason | null;
  cancelAnswer?: CancelAnswer | null;
  cancelOrderedBy?: string;
  cancelOrderedAt?: Moment;
  /** The objects at Stripe by which somebody else paid the money. */
  paidBy?: readonly string[];
  /** How somebody else paid the money outside Stripe. */
  paidOutside?: string;
  /** Why a person says so. */
  paidReason?: string;
  /** Why a person says that the money came back or never arrived. */
  returnReason?: string;
  adoptedAt?: Moment;
  startedAt?: Moment;
  reservedAt?: Moment;
  sentAt?: Moment;
  paidAt?: Moment;
  watchUntil?: Moment;
  overAt?: Moment | null;
};

/**
 * The fields of a payout that say which attempt has an unknown outcome, and what a person must
 * decide.
 */
export type Doubt = Pick<Payout, 'parked' | 'unknownStep' | 'lookUps' | 'namedStripeId'>;

/**
 * All changes that one transition makes to a payout in one statement. Absent fields stay unchanged.
 */
export type Transition = {
  payoutId: PayoutId;
  /** The transition changes nothing unless the payout has one of these statuses. */
  from: readonly PayoutStatus[];
  /** If present, the transition changes nothing if the stored values differ from these. */
  asRead?: Doubt;
  status?: PayoutStatus;
  wait?: Wait | null;
  /** Why the payout stops until a person decides. Null lets it continue. */
  parked?: { reason: ParkReason; detail: string | null } | null;
  /** The step whose outcome is unknown. Null if no outcome is unknown. */
  unknown?: { step: MoneyStep; lookUps: number } | null;
  /** The object at Stripe that a person named and the engine must read. */
  named?: string | null;
  facts?: Facts;
  entries: readonly Entry[];
  /** The attempt whose outcome this transition records. */
  attempt?:
    | { key: string; state: 'succeeded'; stripeId: string }
    | { key: string; state: 'refused'; refusal: 'called-off' | 'confirmed-not-sent' };
  /** Set if the payout ends unpaid: its earnings go to the next payout. */
  releasesEarnings?: true;
  wakes: readonly Wake[];
};

/** The moment at which a transition is stored. */
export const now: Moment = { inMinutes: 0 };

/** The outcome of every attempt is known, and no person has to decide. */
export const noDoubt = { parked: null, unknown: null, named: null } as const;

/**
 * Begins a transition of a payout with one of these statuses. It books nothing and wakes nobody.
 */
export function begin({ payoutId }: Pick<Payout, 'payoutId'>, ...from: PayoutStatus[]) {
  return { payoutId, from, entries: [] as Entry[], wakes: [] as Wake[] };
}

/**
 * Begins a transition that changes nothing if the payout's `Doubt` fields changed after the read.
 */
export function beginAsRead(payout: Payout) {
  const { parked, unknownStep, lookUps, namedStripeId = null } = payout;
  return {
    ...begin(payout, payout.status),
    asRead: { parked, unknownStep, lookUps, namedStripeId },
  };
}

/**
 * True if a payout is still as it was read: in the same status, and with the same `Doubt` fields.
 * The SQL of `move` in db/payouts/move.ts repeats this rule.
 */
export function isAsRead(stored: Payout, before: Payout): boolean {
  return (
    stored.status === before.status &&
    stored.parked === before.parked &&
    stored.unknownStep === before.unknownStep &&
    stored.lookUps === before.lookUps &&
    (stored.namedStripeId ?? null) === (before.namedStripeId ?? null)
  );
}

/** The amounts of a payout, as its ledger entries need them. */
export function moneyOf(payout: Payout): PayoutMoney {
  const { payoutId, sellerId, currency, fromPlatform, fromAccount } = payout;
  const parts = { fromPlatform: minor(fromPlatform), fromAccount: minor(fromAccount) };
  return { payoutId, sellerId, currency, ...parts };
}

/** Wakes the workflow of a payout, and its seller's workflow if `sellerId` is given. */
export function wakesOf({
  payoutId,
  sellerId,
}: {
  payoutId: PayoutId;
  sellerId?: SellerId;
}): Wake[] {
  const seller = sellerId === undefined ? [] : [sellerWorkflowId(sellerId)];
  const workflowIds = [payoutWorkflowId(payoutId), ...seller];
  return workflowIds.map((workflowId) => ({ workflowId, topics: ['payouts'] }));
}
