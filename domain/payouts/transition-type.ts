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

/** A moment of business time: an instant, or so many minutes after the transition is stored. */
export type Moment = string | { inMinutes: number };

/** What a payout waits for, and when it looks again at the latest. */
export type Wait = {
  reason: WaitReason;
  until: Moment;
  /** The payout looks again at once if an event about the end of this one is stored already. */
  orEndOf?: StripePayoutId;
};

/** What only a transition knows: each value is stored as it is, and an absent one stays as it was. */
export type Facts = {
  fromPlatform?: number;
  fromAccount?: number;
  stripeAccount?: StripeAccountId | null;
  transferId?: TransferId | null;
  /** The transfer's name at the account, which Stripe's books of the account use. */
  arrival?: string | null;
  arrivesAt?: string | null;
  stripePayoutId?: StripePayoutId | null;
  bankExpectedAt?: string | null;
  failureCode?: string | null;
  bankAccount?: string | null;
  /** The money is paid again as soon as the seller changes the bank details. */
  awaitsDetails?: boolean;
  skipReason?: SkipReason | null;
  cancelAnswer?: CancelAnswer | null;
  cancelOrderedBy?: string;
  cancelOrderedAt?: Moment;
  adoptedAt?: Moment;
  startedAt?: Moment;
  reservedAt?: Moment;
  sentAt?: Moment;
  paidAt?: Moment;
  watchUntil?: Moment;
  overAt?: Moment | null;
};

/** The part of a payout that says which of its attempts is in doubt. */
export type Doubt = Pick<Payout, 'parked' | 'unknownStep' | 'lookUps' | 'namedStripeId'>;

/** Everything that one transition of a payout changes, in one statement. Absent fields stay. */
export type Transition = {
  payoutId: PayoutId;
  /** The transition changes a payout in one of these states only. */
  from: readonly PayoutStatus[];
  /** Where set, the transition changes nothing if these were changed since the payout was read. */
  asRead?: Doubt;
  status?: PayoutStatus;
  wait?: Wait | null;
  /** Why the payout stops until a person decides; null lets it go on. */
  parked?: { reason: ParkReason; detail: string | null } | null;
  /** The step whose outcome is unknown; null when no attempt is in doubt. */
  unknown?: { step: MoneyStep; lookUps: number } | null;
  /** The object at Stripe that a person named, still to be looked at. */
  named?: string | null;
  facts?: Facts;
  entries: readonly Entry[];
  /** The attempt that this transition decides. */
  attempt?:
    { key: string; state: 'succeeded'; stripeId: string } | { key: string; state: 'refused' };
  /** The payout ends unpaid, so its earnings go to the next payout. */
  releasesEarnings?: true;
  wakes: readonly Wake[];
};

/** The moment at which a transition is stored. */
export const now: Moment = { inMinutes: 0 };

/** No attempt is in doubt, and no person has to decide. */
export const noDoubt = { parked: null, unknown: null, named: null } as const;

/** The beginning of a transition of a payout in one of these states: nothing is booked or woken. */
export function begin({ payoutId }: Pick<Payout, 'payoutId'>, ...from: PayoutStatus[]) {
  return { payoutId, from, entries: [] as Entry[], wakes: [] as Wake[] };
}

/** The same for a payout whose doubt must be as it was read. */
export function beginAsRead(payout: Payout) {
  const { parked, unknownStep, lookUps, namedStripeId = null } = payout;
  return {
    ...begin(payout, payout.status),
    asRead: { parked, unknownStep, lookUps, namedStripeId },
  };
}

/** What a payout carries, as its postings need it. */
export function moneyOf(payout: Payout): PayoutMoney {
  const { payoutId, sellerId, currency, fromPlatform, fromAccount } = payout;
  const parts = { fromPlatform: minor(fromPlatform), fromAccount: minor(fromAccount) };
  return { payoutId, sellerId, currency, ...parts };
}

/** The workflow of a payout, and that of its seller where it is given, look at their rows again. */
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
