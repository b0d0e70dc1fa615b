import { isBankFailure } from '../accounts/bank.ts';
import type { SkipReason } from '../funds.ts';
import {
  type PayoutId,
  sellerWorkflowId,
  type StripeAccountId,
  type StripePayoutId,
  type TransferId,
} from '../ids.ts';
import * as postings from '../ledger.ts';
import { parkNames, type ParkReason } from '../parking/reasons.ts';
import type { MoneyStep } from '../stripe.ts';
import { waitNames, type WaitReason } from '../waits.ts';
import { lookUpDelaysMinutes } from './look-ups.ts';
import { isFollowed, type Payout } from './states.ts';
import {
  begin,
  beginAsRead,
  type Facts,
  moneyOf,
  noDoubt,
  now,
  type Transition,
  wakesOf,
} from './transition-type.ts';

/** A payout that Stripe has. */
export type SentPayout = Payout & { stripePayoutId: StripePayoutId };

/**
 * The payout reserves its money. If part of the money is at the platform, it must be transferred
 * next.
 */
export function reserved(
  money: postings.PayoutMoney,
  stripeAccount: StripeAccountId | null,
): Transition {
  const { fromPlatform, fromAccount } = money;
  return {
    ...begin(money, 'requested'),
    status: fromPlatform > 0 ? 'reserved' : 'transferred',
    wait: null,
    facts: { fromPlatform, fromAccount, stripeAccount, reservedAt: now },
    entries: postings.reserveEntries(money),
  };
}

/** The payout can reserve nothing, so it ends. */
export function skipped(payout: { payoutId: PayoutId }, reason: SkipReason): Transition {
  const facts = { skipReason: reason, overAt: now };
  return { ...begin(payout, 'requested'), status: 'skipped', wait: null, facts };
}

/**
 * Stripe made the transfer: the platform's part is at the account and can leave it from
 * `arrivesAt`. If the money arrived differently than ordered, `otherwise` describes how, and the
 * payout is parked.
 */
export function transferred(
  payout: Payout,
  made: {
    key: string;
    transferId: TransferId;
    arrivesAt: string | null;
    arrival?: string | null;
    otherwise?: string | null;
  },
): Transition {
  const { key, transferId, arrivesAt, arrival = null, otherwise = null } = made;
  const isLater = otherwise === null && arrivesAt !== null && arrivesAt > payout.now;
  return {
    ...begin(payout, 'reserved'),
    ...noDoubt,
    status: 'transferred',
    wait: isLater ? { reason: 'arrival', until: arrivesAt } : null,
    parked: otherwise === null ? null : { reason: parkNames.unexpectedState, detail: otherwise },
    facts: { transferId, arrival, arrivesAt },
    entries: postings.transferEntries(moneyOf(payout), transferId),
    attempt: { key, state: 'succeeded', stripeId: transferId },
  };
}

/**
 * Where Stripe sends the money, and its trace, which Stripe may name days after the bank has it.
 */
export type AtBank = Pick<Facts, 'destination' | 'trace'>;

/**
 * Stripe accepted the payout and expects the bank to have the money at `bankExpectedOn`. If an
 * event about the payout is already stored, the payout is read again at once.
 */
export function sent(
  payout: Payout,
  made: {
    key: string;
    stripePayoutId: StripePayoutId;
    bankExpectedOn: string | null;
    followAt: string | null;
  } & AtBank,
): Transition {
  const { key, stripePayoutId, bankExpectedOn, followAt, ...atBank } = made;
  return {
    ...begin(payout, 'transferred'),
    ...noDoubt,
    status: 'sent',
    wait: { reason: waitNames.atBank, until: followAt ?? now, orEndOf: stripePayoutId },
    facts: { ...atBank, stripePayoutId, bankExpectedOn, sentAt: now },
    entries: postings.sentEntries(moneyOf(payout), stripePayoutId),
    attempt: { key, state: 'succeeded', stripeId: stripePayoutId },
  };
}

/** The bank has the money. From now on, the engine watches for a late return. */
export function paid(payout: SentPayout, watchDays: number, atBank: AtBank = {}): Transition {
  const watchUntil = { inMinutes: watchDays * 24 * 60 };
  return {
    ...begin(payout, 'sent'),
    status: 'paid',
    wait: { reason: 'late-return', until: watchUntil },
    facts: { ...atBank, paidAt: now, watchUntil },
    entries: postings.paidEntries(moneyOf(payout), payout.stripePayoutId),
  };
}

/** The time for late returns is over, and the bank kept the money. */
export function settled(payout: Payout, atBank: AtBank = {}): Transition {
  const facts = { ...atBank, overAt: now };
  return { ...begin(payout, 'paid'), status: 'settled', wait: null, facts };
}

/** Why money came back to the account, according to Stripe. */
export type Return = {
  status: 'failed' | 'canceled';
  failureCode: string | null;
  bankAccount?: string | null;
  /** The attempt that asked Stripe to cancel the payout. */
  key?: string;
  /** The payout by which somebody else debited the money back from the bank. */
  debit?: StripePayoutId;
};

/** True if Stripe has sent the money and the bank may still return it. */
export function mayComeBack({ status }: Pick<Payout, 'status'>): boolean {
  return status === 'sent' || status === 'paid' || status === 'settled';
}

/**
 * Who records the return of a payout that Stripe's books show: the payout's workflow while it
 * follows the payout, and the reader of the books after the workflow has ended. The reader records
 * every debit, once the bank has had the money. Undefined if nothing can come back.
 */
export function recorderOfReturn(
  { status }: Pick<Payout, 'status'>,
  isDebit: boolean,
): 'workflow' | 'reader' | undefined {
  if (!mayComeBack({ status })) return undefined;
  if (isDebit) return status === 'sent' ? undefined : 'reader';
  return isFollowed(status) ? 'workflow' : 'reader';
}

/**
 * The money is back at the account: the bank refused the payout, Stripe canceled it, the bank
 * returned the money later, or somebody debited it back from the bank. Undefined if the payout's
 * money has not left the account.
 */
export function cameBack(
  payout: SentPayout,
  why: Return,
  bankIsPaused: boolean,
): Transition | undefined {
  const { status, sellerId, stripePayoutId } = payout;
  if (!mayComeBack(payout)) return undefined;
  const wasPaid = status !== 'sent';
  const entries = wasPaid ? postings.returnedEntries : postings.failedEntries;
  const { key, failureCode, bankAccount = null, debit } = why;
  return {
    ...begin(payout, status),
    status: wasPaid ? 'returned' : why.status,
    wait: null,
    facts: { failureCode, bankAccount, awaitsDetails: bankIsPaused, overAt: now },
    entries: entries(moneyOf(payout), debit ?? stripePayoutId),
    ...(key !== undefined && { attempt: { key, state: 'succeeded', stripeId: stripePayoutId } }),
    releasesEarnings: true,
    // Wake the seller: it may have had no money to pay, and the bank details may have changed.
    wakes: [
      {
        workflowId: sellerWorkflowId(sellerId),
        topics: isBankFailure(why) ? ['payouts', 'account'] : ['payouts'],
      },
      // The workflow does not learn of a debit from Stripe's payout, which stays paid.
      ...(debit !== undefined && isFollowed(status) ? wakesOf({ payoutId: payout.payoutId }) : []),
    ],
  };
}

/**
 * A look-up found nothing, or an outcome has just become unknown: look up again later, or park the
 * payout after the last look-up.
 */
export function notFound(
  payout: Payout,
  step: MoneyStep,
  detail: string | null = null,
): Transition {
  const lookUps = payout.unknownStep === step ? payout.lookUps + 1 : 0;
  const minutes = lookUpDelaysMinutes[lookUps];
  if (minutes === undefined) return parked(payout, parkNames.outcomeUnknown, detail);
  return {
    ...beginAsRead(payout),
    unknown: { step, lookUps },
    wait: { reason: waitNames.lookUp, until: { inMinutes: minutes } },
  };
}

/**
 * A step that counted as not sent may have been sent after all. The engine looks it up now, or a
 * person decides again if `detail` says why.
 */
export function doubted(payout: Payout, step: MoneyStep, detail: string | null): Transition {
  const doubt = { unknown: { step, lookUps: 0 }, named: null };
  const rest =
    detail === null
      ? { parked: null, wait: { reason: waitNames.lookUp, until: now } }
      : { parked: { reason: parkNames.outcomeUnknown, detail }, wait: null };
  return { ...beginAsRead(payout), ...doubt, ...rest };
}

/** No outcome is unknown any more: the payout repeats its step. */
export function nothingUnknown(payout: Payout): Transition {
  return { ...beginAsRead(payout), ...noDoubt, wait: null };
}

/** The payout waits. Nothing else changes. */
export function waiting(
  payout: Payout,
  { reason, minutes, bankExpectedOn, readStatus }: TimedWait,
): Transition {
  return {
    ...beginAsRead(payout),
    wait: { reason, until: { inMinutes: minutes } },
    ...(bankExpectedOn !== undefined && {
      facts: { bankExpectedOn, ...(readStatus !== undefined && { readStatus }) },
    }),
  };
}

/**
 * What a payout waits for, for how many minutes at most, when Stripe now expects the bank to have
 * the money, and the status that was read from Stripe.
 */
export type TimedWait = {
  reason: WaitReason;
  minutes: number;
  bankExpectedOn?: string;
  readStatus?: string;
};

/** The payout is parked until a person decides. Its money stays where it is. */
export function parked(
  payout: Payout,
  reason: ParkReason,
  detail: string | null = null,
): Transition {
  return { ...beginAsRead(payout), parked: { reason, detail }, named: null, wait: null };
}

/**
 * Parks a payout for which Stripe made a second transfer or payout, because a person must compare
 * the two. Undefined if there is no second object, or if the payout is already parked.
 */
export function madeBeside(stored: Payout, step: MoneyStep, made: string): Transition | undefined {
  const named = step === 'transfer' ? stored.transferId : stored.stripePayoutId;
  if (named === made || stored.parked) return undefined;
  return parked(stored, parkNames.unexpectedState, `Stripe made ${made} in addition to ${named}`);
}

/**
 * Somebody else took the money from the account: the payout ends, and a new payout takes its place.
 */
export function replaced(payout: Payout): Transition {
  return {
    ...begin(payout, 'transferred'),
    status: 'skipped',
    wait: null,
    facts: { skipReason: 'account-short', overAt: now },
    entries: postings.releaseEntries(moneyOf(payout), true),
    releasesEarnings: true,
    wakes: wakesOf(payout),
  };
}
