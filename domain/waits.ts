import { sayDay, sayInstant } from './dates.ts';
import type { PayoutId, SellerId } from './ids.ts';
import { type Currency, formatMoney, type Money, money } from './money.ts';

/** Who ends a wait. */
export const actors = ['engine', 'operator', 'platform', 'seller', 'stripe', 'bank'] as const;
export type Actor = (typeof actors)[number];

/** What is known of a payout that waits. */
export type WaitingPayout = {
  id: PayoutId;
  currency: Currency;
  fromPlatform: number;
  arrivesAt: string | null;
  lookAgainAt: string | null;
  bankExpectedAt: string | null;
  watchUntil: string | null;
};

/** What is known besides the payout; each may be absent, because a payout alone knows none of it. */
export type Surroundings = {
  /** Stripe rejects the seller's account. */
  isRejected?: boolean;
  /** The payout of the same seller and currency that goes first; null where there is none. */
  before?: { id: PayoutId } | null;
  /** What Stripe has available for the platform in the payout's currency. */
  available?: Money | undefined;
};

type Payee = { sellerId: SellerId; paysTo?: string | null; bankPaused: boolean };

/** One reason to wait. */
type WaitRow = {
  /** Completes "Waits for" in the Temporal UI. */
  ui: string;
  /** Why the payout waits and what ends the wait, in one sentence of the API. */
  says: string | ((payout: WaitingPayout, at: Surroundings) => string);
  /** Why a payday pays nothing meanwhile, where the seller's money waits for a payday. */
  onPayday?: string;
  /** Who ends the wait. */
  actor: Actor;
  /** What ends the wait. */
  liftedBy: string;
  /** The paths of the API calls that a person may end the wait with; the Temporal UI lists them. */
  commands?: (of: Payee) => string[];
  /** The wait ends by itself at `lookAgainAt`; otherwise the payout only looks again then. */
  isExact?: true;
  /** A wake-up changes nothing: the wait ends at `lookAgainAt`, and not sooner. */
  ignoresWakeUps?: true;
  /** A change of the account at Stripe may end the wait. */
  isOfAccount?: true;
  /** The account lacks a capability: while Stripe rejects the account, only that matters. */
  isOfCapability?: true;
  /** Stripe's last error says more about the wait. */
  followsError?: true;
  /** A pause or holds of the seller stop the payout; its row names them. */
  hasStops?: true;
  /** Whose own waits explain this one. */
  causedBy?: 'seller' | 'account' | 'bank';
};

/** What a payout waits for. The one place that says all there is to say about a reason. */
const rows = {
  'seller-not-active': {
    ui: 'the seller to become active',
    onPayday: 'The seller cannot be paid as it stands; it is once it becomes active',
    says: 'The seller cannot be paid yet; it goes on when the seller becomes active',
    actor: 'seller',
    liftedBy: 'The seller becoming active',
    isOfAccount: true,
    isOfCapability: true,
    causedBy: 'seller',
  },
  'seller-paused': {
    ui: 'the seller to be resumed',
    onPayday: 'The seller is paused; it is paid once it is resumed',
    says: 'The seller is paused; it goes on when the seller is resumed',
    actor: 'operator',
    liftedBy: 'Resuming the seller',
    hasStops: true,
    causedBy: 'seller',
  },
  hold: {
    ui: 'a hold to be released or to end',
    says: 'A hold keeps the money back: see the holds of the seller; it goes on when enough is released or runs out',
    actor: 'operator',
    liftedBy: 'Releasing enough of the holds, or their end',
    hasStops: true,
    causedBy: 'seller',
  },
  'another-payout': {
    ui: 'Stripe’s answer about another payout',
    says: (_, { before }) =>
      `${before ? `Payout ${before.id}` : 'Another payout'} of this seller and currency has no answer from Stripe yet`,
    actor: 'stripe',
    liftedBy: 'Stripe’s answer about the other payout',
  },
  'platform-balance': {
    ui: 'money in the platform’s balance',
    says: sayShortage,
    actor: 'platform',
    liftedBy: 'Money in the platform’s balance at Stripe; GET /v1/funding tells how much',
    followsError: true,
  },
  'account-balance': {
    ui: 'money in the account’s balance',
    says: 'The account’s balance at Stripe is too low; it goes on when money arrives there',
    actor: 'stripe',
    liftedBy: 'Money in the account’s balance at Stripe',
    followsError: true,
  },
  arrival: {
    ui: 'the transferred money to become available',
    says: ({ arrivesAt }) =>
      `The transferred money can be paid out of the account from ${arrivesAt ? sayInstant(arrivesAt) : 'its arrival'}`,
    actor: 'stripe',
    liftedBy: 'Time: the transferred money becomes available',
    isExact: true,
    ignoresWakeUps: true,
  },
  capability: {
    ui: 'the account to be let do this again',
    says: 'Stripe has switched off what this needs at the account; it goes on when that is active again',
    actor: 'seller',
    liftedBy: 'What Stripe asks for, given on Stripe’s pages',
    isOfAccount: true,
    isOfCapability: true,
    followsError: true,
    causedBy: 'account',
  },
  'bank-details': {
    ui: 'a bank account that works',
    onPayday:
      'The seller has no bank account that can take it; it is paid once there is another or this one is resumed',
    says: 'The account has no bank account that can take this; it goes on when the seller changes it',
    actor: 'seller',
    liftedBy: 'A bank account that works, on Stripe’s pages',
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
    onPayday: 'Its bank account was changed; it is paid once the cooling period is over',
    says: 'The bank account was changed, and others were paid to before: nothing goes there until the cooling period is over',
    actor: 'engine',
    liftedBy: 'Time, or a person who knows that the seller changed it',
    commands: (of) => bankCommand(of, 'waive-cooling'),
    isExact: true,
    isOfAccount: true,
    causedBy: 'bank',
  },
  'automatic-payouts': {
    ui: 'the account to be set to manual payouts',
    says: 'Somebody set the account’s payouts back to automatic; it goes on when the engine has set them to manual',
    actor: 'engine',
    liftedBy: 'Setting the account to manual payouts',
    isOfAccount: true,
  },
  'stripe-limit': {
    ui: 'Stripe’s limit to pass',
    says: ({ lookAgainAt }) =>
      `Stripe’s limit on payouts is reached; it tries again${lookAgainAt ? ` at ${sayInstant(lookAgainAt)}` : ''}`,
    actor: 'engine',
    liftedBy: 'Time: it tries again by itself',
    followsError: true,
  },
  'money-stopped': {
    ui: 'money to be resumed',
    onPayday: 'An operator stopped all money; it is paid once money is resumed',
    says: 'An operator stopped all money; it goes on when money is resumed',
    actor: 'operator',
    liftedBy: 'Resuming money',
    commands: () => ['/v1/operations/resume-money'],
  },
  'outcome-look-up': {
    ui: 'it to show at Stripe, since the answer was lost',
    says: 'Stripe’s answer was lost; it looks at Stripe again before anything is sent',
    actor: 'engine',
    liftedBy: 'Finding it at Stripe, or a person who knows',
    ignoresWakeUps: true,
    followsError: true,
  },
  bank: {
    ui: 'the bank to have it',
    says: ({ bankExpectedAt }) =>
      `Stripe sent it; the bank does not have it yet${bankExpectedAt ? `: Stripe’s estimate is ${sayDay(bankExpectedAt)}` : ''}`,
    actor: 'bank',
    liftedBy: 'The bank’s answer, which Stripe passes on',
  },
  'late-return': {
    ui: 'the end of the watch for a late return',
    says: ({ watchUntil }) =>
      `The bank has it, and could still send it back: watched ${watchUntil ? `until ${sayInstant(watchUntil)}` : 'for that'}`,
    actor: 'engine',
    liftedBy: 'Time: nothing is wrong',
    isExact: true,
  },
} satisfies Record<string, WaitRow>;

/** What a payout waits for, in words an operator understands. */
export type WaitReason = keyof typeof rows;

/** A reason to wait for which a payday pays nothing. */
export type PaydayWait = {
  [Reason in WaitReason]: (typeof rows)[Reason] extends { onPayday: string } ? Reason : never;
}[WaitReason];

/** The reasons that several rules name: they name them by these, so that each is typed once. */
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
  platformBalance: 'platform-balance',
  sellerNotActive: 'seller-not-active',
  sellerPaused: 'seller-paused',
} as const satisfies Record<string, WaitReason>;

/** All that is to be said of each reason to wait. */
export const waits: Record<WaitReason, WaitRow> = rows;

const reasons = Object.keys(rows) as WaitReason[];

/** The reasons that have a property, for statements that ask for all of them. */
export function waitsThat(property: 'isOfAccount' | 'followsError' | 'hasStops'): WaitReason[] {
  return reasons.filter((reason) => waits[reason][property]);
}

/** True for a wait that ends at its `lookAgainAt`, and that nobody can end sooner. */
export function endsOnTime(reason: WaitReason): boolean {
  const { isExact, commands } = waits[reason];
  return isExact === true && commands === undefined;
}

/** Why a payday pays nothing. */
export function sayPaydayWait(reason: PaydayWait): string {
  return rows[reason].onPayday;
}

/** Why a payout waits and what ends the wait, in one sentence. */
export function sayWait(reason: WaitReason, payout: WaitingPayout, at: Surroundings): string {
  const { says, isOfCapability } = waits[reason];
  if (isOfCapability && at.isRejected) return rejected;
  return typeof says === 'string' ? says : says(payout, at);
}

/** The same of each wait that a rejected account makes endless. */
export const rejected =
  'Stripe rejected the seller’s account; it goes on only if that is taken back';

function bankCommand({ sellerId, paysTo }: Payee, name: string): string[] {
  return paysTo ? [`/v1/sellers/${sellerId}/bank-accounts/${paysTo}/${name}`] : [];
}

/** What the payout needs, and what Stripe has, where that is known. */
function sayShortage(
  { fromPlatform, currency }: WaitingPayout,
  { available }: Surroundings,
): string {
  const needs = `It needs ${formatMoney(money(fromPlatform, currency))} of the platform’s balance at Stripe`;
  if (!available) return `${needs}, which had less; it goes on when enough arrives there`;
  const there = formatMoney(available);
  return available.amount < fromPlatform
    ? `${needs}, which has ${there} available; it goes on when enough arrives there`
    : `${needs}, which has ${there} available by now; it goes on when it looks again, after those that wait for longer`;
}
