import type {
  ApiKeyId,
  CommandId,
  PayoutId,
  SellerId,
  StripeAccountId,
  StripePayoutId,
  TransferId,
} from '../ids.ts';
import type { SkipReason } from '../funds.ts';
import type { EntryKind, Place } from '../ledger.ts';
import type { ParkReason } from '../parking/reasons.ts';
import type { CancelAnswer, PayoutStatus } from '../payouts/states.ts';
import type { MoneyStep, RefusalKind } from '../stripe.ts';
import type { WaitReason } from '../waits.ts';

/** A payout as callers and operators see it. */
export type PayoutRecord = {
  id: PayoutId;
  sellerId: SellerId;
  currency: string;
  status: PayoutStatus;
  requestedAmount: number | null;
  fromPlatform: number;
  fromAccount: number;
  stripeAccount: StripeAccountId | null;
  transferId: TransferId | null;
  arrivesAt: string | null;
  stripePayoutId: StripePayoutId | null;
  bankExpectedAt: string | null;
  failureCode: string | null;
  bankAccount: string | null;
  replaces: PayoutId | null;
  skipReason: SkipReason | null;
  waitingFor: WaitReason | null;
  lookAgainAt: string | null;
  parked: ParkReason | null;
  parkedAt: string | null;
  parkedDetail: string | null;
  unknownStep: MoneyStep | null;
  orderedBy: string;
  payday: string | null;
  cutOffAt: string | null;
  cancelOrderedAt: string | null;
  cancelOrderedBy: string | null;
  cancelAnswer: CancelAnswer | null;
  createdAt: string;
  startedAt: string | null;
  reservedAt: string | null;
  sentAt: string | null;
  paidAt: string | null;
  watchUntil: string | null;
  overAt: string | null;
};

/** A request to Stripe as callers and operators see it; never the body or Stripe's own words. */
export type AttemptRecord = {
  key: string;
  step: string;
  number: number;
  state: 'started' | 'succeeded' | 'refused' | 'unknown';
  account: StripeAccountId | null;
  apiVersion: string;
  tries: number;
  stripeId: string | null;
  refusal: RefusalKind | null;
  error: {
    statusCode: number | null;
    type: string | null;
    code: string | null;
    requestId: string | null;
  } | null;
  createdAt: string;
  firstSentAt: string | null;
  lastSentAt: string | null;
  decidedAt: string | null;
};

/** What was ordered about an object, and under which API key. */
export type CommandRecord = {
  id: CommandId;
  kind: string;
  at: string;
  objectId: string;
  /** As it was given, where one is kept. */
  reason: string | null;
  apiKeyId: ApiKeyId;
  apiKeyName: string;
};

/** A line of the ledger about a payout. */
export type EntryRecord = {
  kind: EntryKind;
  currency: string;
  amount: number;
  from: Place;
  to: Place;
  stripeId: string | null;
  at: string;
};

/** The switch that every request that moves money looks at first, and who moved it last. */
export type Operations = {
  moneyStopped: boolean;
  reason: string | null;
  /** The API key; null while nobody has moved the switch. */
  changedBy: string | null;
  changedAt: string;
};
