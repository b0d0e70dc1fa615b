import { isPast, sayFrom, sayInstant } from './dates.ts';
import type { DiscrepancyId, PayoutId, SellerId } from './ids.ts';
import { unreadWaits } from './failed-reads/accounts.ts';
import { stripeWaitNames, stripeWaits } from './failed-reads/put-off.ts';
import { type Currency, type Money, money } from './money.ts';
import { sayAtBank, sayShortage } from './funds.ts';
import { noRoute, routeWaits } from './routing/waits.ts';

/** Who ends a wait. */
export const actors = ['engine', 'operator', 'platform', 'seller', 'stripe', 'bank'] as const;
export type Actor = (typeof actors)[number];

/** The facts about a waiting payout, at the instant `asOf`, that its texts need. */
export type WaitingPayout = {
  id: PayoutId;
  currency: Currency;
  fromPlatform: number;
  arrivesAt: string | null;
  lookAgainAt: string | null;
  bankExpectedOn: string | null;
  watchUntil: string | null;
  asOf: string;
  isPausedAtStripe: boolean;
};

/** Facts from outside the payout's row; `available` is the platform's balance. Each may be absent. */
export type Surroundings = {
  /** Stripe rejects the seller's account. */
  isRejected?: boolean;
  /** The payout of the same seller and currency that goes first; null if there is none. */
  before?: { id: PayoutId } | null;
  available?: Money | undefined;
  /** Why the platform's money cannot reach the seller. */
  whyNoRoute?: string | null;
};

type Payee = {
  payoutId?: PayoutId;
  sellerId: SellerId;
  paysTo?: string | null;
  bankPaused: boolean;
  unordered?: DiscrepancyId | null;
};

/** One reason to wait. */
type WaitRow = {
  /** Completes "Waits for" in the Temporal UI. */
  ui: string;
  /** Why the payout waits and what ends the wait, as the API says it. */
  says: string | ((payout: WaitingPayout, at: Surroundings) => string);
  /** Why a payday pays nothing for this reason. Absent if the reason never stops a payday. */
  onPayday?: string;
  /** Who ends the wait. */
  actor: Actor;
  /** What ends the wait, as the API says it. */
  liftedBy: string;
  /** The paths of the API calls that end the wait; the Temporal UI lists them. */
  commands?: (of: Payee) => string[];
  /** The wait ends at `lookAgainAt`. Otherwise the payout only checks again at that instant. */
  isExact?: true;
  /** A wake-up does not end the wait before `lookAgainAt`. */
  ignoresWakeUps?: true;
  /** A change of the account at Stripe may end the wait. */
  isOfAccount?: true;
  /** The account lacks a capability. If Stripe rejects the account, the API says that instead. */
  isOfCapability?: true;
  /** Stripe's last error explains the wait. */
  followsError?: true;
  /** A pause or holds of the seller stop the payout; the payout's row names them. */
  hasStops?: true;
  /** Whose own waits explain this wait. */
  causedBy?: 'seller' | 'account' | 'bank' | 'books' | 'reads';
};

/** What a payout can wait for. Everything about a reason to wait is stated here. */
const rows = {
  'seller-not-active': {
    ui: 'the seller to become active',
    onPayday: 'The seller is not active. The money is not paid until the seller is active',
    says: 'The seller cannot be paid yet. The payout continues when the seller is active',
    actor: 'seller',
    liftedBy: 'The seller becoming active',
    isOfAccount: true,
    isOfCapability: true,
    causedBy: 'seller',
  },
  'seller-paused': {
    ui: 'the seller to be resumed',
    onPayday: 'The seller is paused. The money is not paid until the seller is resumed',
    says: 'The seller is paused. The payout continues when the seller is resumed',
    actor: 'operator',
    liftedBy: 'Resuming the seller',
    hasStops: true,
    causedBy: 'seller',
  },
  hold: {
    ui: 'a hold to be released or to end',
    says: 'The money is on hold: see the seller’s holds. The payout continues when enough money is released or enough holds expire',
    actor: 'operator',
    liftedBy: 'Releasing enough of the holds, or their end',
    hasStops: true,
    causedBy: 'seller',
  },
  'unordered-money': {
    ui: 'a person who says what money that moved without an order was for',
    onPayday:
      'Money went to the seller without an order from the engine. The money is not paid until a person has said what the other money was for',
    says: 'Money went to the seller in this currency without an order from the engine. If it was for what is owed to the seller, this payout would pay it a second time. The payout continues when a person has said what the money was for',
    actor: 'operator',
    liftedBy: 'Closing the discrepancy with its outcome, or ending the payout as paid elsewhere',
    commands: ({ unordered }) => (unordered ? [`/v1/discrepancies/${unordered}/close`] : []),
    causedBy: 'books',
  },
  ...unreadWaits,
  'another-payout': {
    ui: 'Stripe’s answer about another payout',
    onPayday:
      'Another payout of the seller waits for a person. The money is not paid until a person has decided about that payout',
    says: (_, { before }) =>
      `${before ? `Payout ${before.id}` : 'Another payout'} of this seller and currency has no answer from Stripe yet`,
    actor: 'engine',
    liftedBy: 'Stripe’s answer about the other payout, whose explanation says who must act',
  },
  'platform-balance': {
    ui: 'money in the platform’s balance',
    says: ({ fromPlatform, currency }, { available }) =>
      sayShortage(money(fromPlatform, currency), available),
    actor: 'platform',
    liftedBy:
      'Money in the platform’s balance at Stripe; GET /v1/funding has the sum that all payouts need, and how much is missing',
    followsError: true,
  },
  'account-balance': {
    ui: 'money in the account’s balance',
    says: 'The account’s balance at Stripe is too low. The payout continues when money arrives at the account',
    actor: 'engine',
    liftedBy: 'Money there, or the end of the payout if somebody else moved the money away',
    followsError: true,
  },
  arrival: {
    ui: 'the transferred money to become available',
    says: ({ arrivesAt, asOf }) =>
      `The transferred money can be paid out ${arrivesAt ? sayFrom(arrivesAt, asOf) : 'once it is available'}`,
    actor: 'engine',
    liftedBy: 'Time: the transferred money becomes available',
    isExact: true,
    ignoresWakeUps: true,
  },
  capability: {
    ui: 'the account’s capability to become active again',
    says: 'Stripe disabled a capability of the account that the payout needs. The payout continues when the capability is active again',
    actor: 'seller',
    liftedBy: 'Entering what Stripe asks for on Stripe’s pages',
    isOfAccount: true,
    isOfCapability: true,
    followsError: true,
    causedBy: 'account',
  },
  ...routeWaits,
  'bank-details': {
    ui: 'a usable bank account',
    onPayday:
      'The seller has no bank account that can receive the money. The money is not paid until there is another bank account or this one is resumed',
    says: 'The seller has no bank account that can receive the money. The payout continues when the seller changes the bank account',
    actor: 'seller',
    liftedBy: 'Entering a usable bank account on Stripe’s pages',
    commands: (of) => [
      `/v1/sellers/${of.sellerId}/onboarding-link`,
      ...(of.bankPaused ? bankCommand(of, 'resume') : []),
    ],
    isOfAccount: true,
    followsError: true,
    causedBy: 'bank',
  },
  'cooling-period': {
    ui: 'the cooling period after a change of the bank account',
    onPayday:
      'The seller’s bank account was changed. The money is not paid until the cooling period is over',
    says: 'The bank account was changed after money had been sent, or may have been sent, to the seller. Nothing is sent to the changed bank account until the cooling period is over',
    actor: 'engine',
    liftedBy: 'Time, or a person who knows that the seller changed the bank account',
    commands: (of) => bankCommand(of, 'waive-cooling'),
    isExact: true,
    isOfAccount: true,
    causedBy: 'bank',
  },
  'automatic-payouts': {
    ui: 'the account to be set to manual payouts',
    says: 'Somebody set the account back to automatic payouts. The payout continues when the engine has set the account to manual payouts',
    actor: 'engine',
    liftedBy: 'Setting the account to manual payouts',
    isOfAccount: true,
  },
  'stripe-limit': {
    ui: 'Stripe’s limit on payouts to allow more',
    says: ({ lookAgainAt, asOf }) =>
      `Stripe’s limit on payouts is reached. The engine tries again${lookAgainAt ? ` ${sayFrom(lookAgainAt, asOf)}` : ''}`,
    actor: 'engine',
    liftedBy: 'Time: the engine tries again automatically',
    followsError: true,
  },
  ...stripeWaits,
  'money-stopped': {
    ui: 'money to be resumed',
    onPayday: 'All money is stopped. The money is not paid until operators have lifted every stop',
    says: 'All money is stopped. The payout continues when operators have lifted every stop',
    actor: 'operator',
    liftedBy: 'Lifting every open stop of all money',
    commands: () => ['/v1/operations/resume-money'],
  },
  'outcome-look-up': {
    ui: 'the outcome at Stripe, because Stripe’s answer was lost',
    says: 'Stripe’s answer was lost. The engine checks Stripe again before it sends anything',
    actor: 'engine',
    liftedBy: 'Finding the outcome at Stripe, or a person who knows the outcome',
    ignoresWakeUps: true,
    followsError: true,
  },
  'look-at-stripe': {
    ui: 'a look at Stripe, because only a person said that nothing was sent',
    says: 'A person, not Stripe, said that an earlier request was not carried out. The engine must look at Stripe before it sends the request again, and Stripe cannot be read now. No money moves',
    actor: 'engine',
    liftedBy: 'A look at Stripe. If Stripe cannot be read for 24 hours, a person is asked again',
  },
  bank: {
    ui: 'the bank to receive the money',
    says: sayAtBank,
    actor: 'bank',
    liftedBy: 'The bank’s answer, which Stripe reports',
  },
  'late-return': {
    ui: 'the end of the watch for a late return',
    says: ({ watchUntil: end, asOf }) =>
      `The bank has the money, but could still return it. The engine watches for a return${end && !isPast(end, asOf) ? ` until ${sayInstant(end)}` : ''}`,
    actor: 'engine',
    liftedBy: 'Time: nothing is wrong',
    isExact: true,
  },
} satisfies Record<string, WaitRow>;

/** What a payout waits for. */
export type WaitReason = keyof typeof rows;

/** A reason to wait for which a payday pays nothing. */
export type PaydayWait = {
  [Reason in WaitReason]: (typeof rows)[Reason] extends { onPayday: string } ? Reason : never;
}[WaitReason];

/** The reasons that several rules use, so that each reason is spelled only once. */
export const waitNames = {
  accountBalance: 'account-balance',
  anotherPayout: 'another-payout',
  atBank: 'bank',
  bankDetails: 'bank-details',
  capability: 'capability',
  coolingPeriod: 'cooling-period',
  hold: 'hold',
  lookUp: 'outcome-look-up',
  moneyStopped: 'money-stopped',
  noRoute,
  platformBalance: 'platform-balance',
  sellerNotActive: 'seller-not-active',
  sellerPaused: 'seller-paused',
  stripeKey: stripeWaitNames.key,
  unorderedMoney: 'unordered-money',
  unreadAccount: 'unread-account',
} as const satisfies Record<string, WaitReason>;

/** Everything about each reason to wait. */
export const waits: Record<WaitReason, WaitRow> & typeof rows = rows;

const reasons = Object.keys(rows) as WaitReason[];

/** The reasons that have a property, for database queries that select all of them. */
export function waitsThat(property: 'isOfAccount' | 'followsError' | 'hasStops'): WaitReason[] {
  return reasons.filter((reason) => waits[reason][property]);
}

/** True for a wait that ends at its `lookAgainAt` and that nobody can end sooner. */
export function endsOnTime(reason: WaitReason): boolean {
  const { isExact, commands } = waits[reason];
  return isExact === true && commands === undefined;
}

/** Why a payout waits and what ends the wait, for the API. */
export function sayWait(reason: WaitReason, payout: WaitingPayout, at: Surroundings): string {
  const { says, isOfCapability } = waits[reason];
  if (isOfCapability && at.isRejected) return rejected;
  return typeof says === 'string' ? says : says(payout, at);
}

/** Replaces the text of each wait that cannot end while Stripe rejects the account. */
export const rejected =
  'Stripe rejected the seller’s account. The payout continues only if the rejection is withdrawn';

function bankCommand({ sellerId, paysTo }: Payee, name: string): string[] {
  return paysTo ? [`/v1/sellers/${sellerId}/bank-accounts/${paysTo}/${name}`] : [];
}
