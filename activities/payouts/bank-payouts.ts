import type { Stripe } from 'stripe';

import { readPayout } from '../../db/payouts/rows.ts';
import {
  parkPayout,
  recordPaid,
  recordSent,
  recordSettled,
  recordWait,
} from '../../db/payouts/steps.ts';
import { recordReturn } from '../../db/reconciliation/stopped-payouts.ts';
import { findAttempt } from '../../db/stripe/attempts.ts';
import type { PayoutId, StripePayoutId } from '../../domain/ids.ts';
import { parkNames } from '../../domain/parking/reasons.ts';
import { isLookUpDue, type Payout } from '../../domain/payouts/states.ts';
import { mayBeDone } from '../../domain/stripe.ts';
import { waitNames, type WaitReason } from '../../domain/waits.ts';
import {
  callOnce,
  findOne,
  isDisconnected,
  isForbidden,
  isMissing,
  type MoneyDeps,
  readerOf,
  readStripe,
  type StripeDeps,
} from '../stripe/call-once.ts';
import { actingFor, stripeApiVersion } from '../stripe/client.ts';
import { listPayoutsFor, payoutCandidate } from '../stripe/looks.ts';
import { accountOf, lookFor, searchOf } from './looks.ts';
import {
  answerCertainNo,
  answerLookUp,
  answerOutcome,
  callOff,
  waitBeforeSending,
} from './outcomes.ts';

/** The activities that pay out an account's money to its bank and follow the payout. */
export function createStripePayoutActivities(deps: MoneyDeps & { lateReturnDays: number }) {
  const { stripe, db } = deps;
  return {
    /** Creates the payout at Stripe. Returns our payout as stored afterwards. */
    async createPayout({ payoutId }: { payoutId: PayoutId }): Promise<Payout> {
      const payout = await readPayout(db, payoutId);
      if (payout.status !== 'transferred' || payout.unknownStep || payout.parked) return payout;
      if (payout.cancelAsked) return callOff(deps, payout, 'payout');
      const stop = await waitBeforeSending(db, payout, 'payout');
      if (stop) return stop;
      const account = accountOf(payout);
      const asked = { ...askPayout(payout), look: () => lookFor(deps, payout, 'payout') };
      const outcome = await callOnce(deps, asked, (attempt, options) =>
        stripe.payouts.create(attempt.request as unknown as Stripe.PayoutCreateParams, {
          ...options,
          ...actingFor(account),
        }),
      );
      if (outcome.kind !== 'succeeded') return answerOutcome(deps, payout, 'payout', outcome);
      return recordSent(db, { payout, key: outcome.key, ...factsOfPayout(outcome.object) });
    },

    /**
     * Looks up a payout whose outcome is unknown: by our id in its metadata, or by the id that a
     * person named.
     */
    async lookUpPayout({ payoutId }: { payoutId: PayoutId }): Promise<Payout> {
      const payout = await readPayout(db, payoutId);
      const attempt = await findAttempt(db, payoutId, 'payout');
      if (payout.status !== 'transferred' || !isLookUpDue(payout)) return payout;
      const isDoubtful = payout.namedStripeId || (attempt && mayBeDone(attempt));
      if (!attempt || !isDoubtful) return answerCertainNo(deps, payout, 'payout', attempt);
      return answerLookUp(db, payout, 'payout', {
        find: () => findPayouts(deps, payout),
        toCandidate: (object) => payoutCandidate(object, accountOf(payout)),
        record: (object) => recordSent(db, { payout, key: attempt.key, ...factsOfPayout(object) }),
      });
    },

    /** Reads a sent or paid payout from Stripe and records where the money is. */
    async followPayout({ payoutId }: { payoutId: PayoutId }): Promise<Payout> {
      const payout = await readPayout(db, payoutId);
      const { stripePayoutId } = payout;
      if (!stripePayoutId || (payout.status !== 'sent' && payout.status !== 'paid')) return payout;
      return follow(deps, { ...payout, stripePayoutId });
    },
  };
}

/**
 * Reads a payout from Stripe and records where the money is. If Stripe does not know the payout, or
 * its account has left the platform, our payout waits for a person. A paid payout of such an
 * account is settled: if the bank returned it, only the seller would have the money. While the key
 * lacks the permission, the payout waits for the key.
 */
export async function follow(
  deps: StripeDeps & { lateReturnDays: number },
  payout: Payout & { stripePayoutId: StripePayoutId },
): Promise<Payout> {
  try {
    const object = await readStripe(deps, 'GET /v1/payouts', () =>
      deps.stripe.payouts.retrieve(payout.stripePayoutId, {}, actingFor(accountOf(payout))),
    );
    return await record(deps, payout, object);
  } catch (error) {
    if (isMissing(error)) return parkPayout(deps.db, payout, parkNames.unexpectedState);
    if (!isForbidden(error)) throw error;
    if (!isDisconnected(error)) {
      return recordWait(deps.db, payout, { reason: waitNames.stripeKey, minutes: keyMinutes });
    }
    if (payout.status === 'paid') return recordSettled(deps.db, payout);
    const detail = `the account of ${payout.stripePayoutId} has left the platform`;
    return parkPayout(deps.db, payout, parkNames.unexpectedState, detail);
  }
}

/** Minutes until a payout is read again that the key may not read. */
const keyMinutes = 15;
/** Hours after Stripe's estimate until the payout is read again when no event arrives. */
const graceHours = 1;
/** Minutes between reads of a payout that is later than Stripe's estimate. */
const lateMinutes = 6 * 60;

const lateReturn = 'late-return' satisfies WaitReason;

async function record(
  { db, lateReturnDays }: StripeDeps & { lateReturnDays: number },
  payout: Payout & { stripePayoutId: StripePayoutId },
  object: Stripe.Payout,
): Promise<Payout> {
  const why = factsOfReturn(object);
  if (why) return recordReturn(db, payout, why);
  if (payout.status === 'paid') {
    const over = payout.watchUntil !== null && payout.watchUntil <= payout.now;
    if (over) return recordSettled(db, payout, atBankOf(object));
    if (payout.waitingFor === lateReturn) return payout;
    const minutes = minutesBetween(payout.now, payout.watchUntil ?? payout.now);
    return recordWait(db, payout, { reason: lateReturn, minutes });
  }
  if (object.status === 'paid') {
    return recordPaid(db, payout, lateReturnDays, atBankOf(object));
  }
  const { bankExpectedOn, followAt } = expectationOf(object);
  const minutes = Math.max(minutesBetween(payout.now, followAt), lateMinutes);
  const readStatus = object.status;
  return recordWait(db, payout, { reason: 'bank', minutes, bankExpectedOn, readStatus });
}

/** Why the money is back at the account. Undefined if it is not back. */
export function factsOfReturn({ status, failure_code, destination }: Stripe.Payout) {
  if (status !== 'failed' && status !== 'canceled') return undefined;
  const bankAccount = typeof destination === 'string' ? destination : (destination?.id ?? null);
  return { status, failureCode: failure_code, bankAccount } as const;
}

/**
 * The request names the bank account, so that Stripe never pays to a new bank account that the
 * engine has not read yet.
 */
function askPayout(payout: Payout) {
  const request: Stripe.PayoutCreateParams = {
    amount: payout.fromPlatform + payout.fromAccount,
    currency: payout.currency,
    ...(payout.paysTo && { destination: payout.paysTo }),
    metadata: { payout_id: payout.payoutId },
  };
  return {
    endpoint: 'POST /v1/payouts' as const,
    objectId: payout.payoutId,
    step: 'payout',
    account: accountOf(payout),
    apiVersion: stripeApiVersion,
    request: { ...request },
  };
}

async function findPayouts(deps: StripeDeps, payout: Payout): Promise<Stripe.Payout[]> {
  const { payoutId, namedStripeId: named } = payout;
  if (named) {
    const acting = actingFor(accountOf(payout));
    return findOne(deps, 'GET /v1/payouts', () => deps.stripe.payouts.retrieve(named, {}, acting));
  }
  const search = await searchOf(deps, payout, 'payout');
  const found = await listPayoutsFor(readerOf(deps), search);
  return found.filter(({ metadata }) => metadata?.['payout_id'] === payoutId);
}

function factsOfPayout(object: Stripe.Payout) {
  const stripePayoutId = object.id as StripePayoutId;
  return { stripePayoutId, ...expectationOf(object), ...atBankOf(object) };
}

/** Where Stripe sends the money, and what the banks call the payment. */
function atBankOf({ destination, trace_id: trace }: Stripe.Payout) {
  return {
    destination: typeof destination === 'string' ? destination : (destination?.id ?? null),
    trace: trace && { status: trace.status, id: trace.value },
  };
}

/**
 * When Stripe expects the bank to have the money (Stripe names a day as midnight UTC), and the latest time at
 * which to read the payout again.
 */
function expectationOf({ arrival_date }: Stripe.Payout) {
  const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
  return {
    bankExpectedOn: at(arrival_date).slice(0, 10),
    followAt: at(arrival_date + graceHours * 3600),
  };
}

function minutesBetween(from: string, to: string): number {
  return Math.ceil((Date.parse(to) - Date.parse(from)) / 60_000);
}
