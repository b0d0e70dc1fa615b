import type { Stripe } from 'stripe';
import type { Db } from '../../db/connect.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import { recordTransferred } from '../../db/payouts/steps.ts';
import { findAttempt } from '../../db/stripe/attempts.ts';
import type { PayoutId, TransferId } from '../../domain/ids.ts';
import { money, type Money } from '../../domain/money.ts';
import { arrivedOtherwise } from '../../domain/payouts/confirmations.ts';
import { isLookUpDue, type Payout } from '../../domain/payouts/states.ts';
import { mayBeDone } from '../../domain/stripe.ts';
import {
  callOnce,
  findOne,
  type MoneyDeps,
  readerOf,
  type StripeDeps,
} from '../stripe/call-once.ts';
import { stripeApiVersion } from '../stripe/client.ts';
import { listTransfersFor, transferCandidate } from '../stripe/looks.ts';
import { lookFor, searchOf } from './looks.ts';
import {
  answerCertainNo,
  answerLookUp,
  answerOutcome,
  callOff,
  waitBeforeSending,
} from './outcomes.ts';

/** The activities that move money from the platform's balance to an account. */
export function createTransferActivities(deps: MoneyDeps) {
  const { stripe, db } = deps;
  return {
    /** Transfers the platform's part of a payout. Returns the payout as stored afterwards. */
    async createTransfer({ payoutId }: { payoutId: PayoutId }): Promise<Payout> {
      const payout = await readPayout(db, payoutId);
      if (payout.status !== 'reserved' || payout.unknownStep || payout.parked) return payout;
      if (payout.cancelAsked) return callOff(deps, payout, 'transfer');
      const stop = await waitBeforeSending(db, payout, 'transfer');
      if (stop) return stop;
      const asked = { ...askTransfer(payout), look: () => lookFor(deps, payout, 'transfer') };
      const outcome = await callOnce(deps, asked, (attempt, options) =>
        stripe.transfers.create(attempt.request as unknown as Stripe.TransferCreateParams, options),
      );
      if (outcome.kind !== 'succeeded') return answerOutcome(deps, payout, 'transfer', outcome);
      return record(db, payout, outcome.key, outcome.object);
    },

    /**
     * Looks up a transfer whose outcome is unknown: by our id in its metadata, or by the id that a
     * person named.
     */
    async lookUpTransfer({ payoutId }: { payoutId: PayoutId }): Promise<Payout> {
      const payout = await readPayout(db, payoutId);
      const attempt = await findAttempt(db, payoutId, 'transfer');
      if (payout.status !== 'reserved' || !isLookUpDue(payout)) return payout;
      if (!attempt || !mayBeDone(attempt))
        return answerCertainNo(deps, payout, 'transfer', attempt);
      return answerLookUp(db, payout, 'transfer', {
        find: () => findTransfers(deps, payout),
        toCandidate: transferCandidate,
        record: (transfer) => record(db, payout, attempt.key, transfer),
      });
    },
  };
}

/**
 * Records the transfer. If another amount or currency arrived than was sent, the payout waits for a
 * person.
 */
async function record(
  db: Db,
  payout: Payout,
  key: string,
  transfer: Stripe.Transfer,
): Promise<Payout> {
  const { arrived, ...facts } = factsOfTransfer(transfer);
  const ordered = money(payout.fromPlatform, payout.currency);
  const otherwise = arrived && arrivedOtherwise(transfer.id, ordered, arrived);
  return recordTransferred(db, { payout, key, otherwise, ...facts });
}

const expand = ['destination_payment.balance_transaction'];

function askTransfer(payout: Payout) {
  const request: Stripe.TransferCreateParams = {
    amount: payout.fromPlatform,
    currency: payout.currency,
    destination: payout.stripeAccount ?? '',
    transfer_group: payout.payoutId,
    metadata: { payout_id: payout.payoutId },
    expand,
  };
  return {
    endpoint: 'POST /v1/transfers' as const,
    objectId: payout.payoutId,
    step: 'transfer',
    account: null,
    apiVersion: stripeApiVersion,
    request: { ...request },
  };
}

async function findTransfers(deps: StripeDeps, payout: Payout): Promise<Stripe.Transfer[]> {
  const { payoutId, namedStripeId: named } = payout;
  if (named) {
    return findOne(deps, 'GET /v1/transfers', () =>
      deps.stripe.transfers.retrieve(named, { expand }),
    );
  }
  const search = await searchOf(deps, payout, 'transfer');
  const found = await listTransfersFor(readerOf(deps), search);
  return found.filter(({ metadata }) => metadata['payout_id'] === payoutId);
}

/**
 * The transfer's id, the amount that arrived, and when it can be paid out, if Stripe returned these
 * facts.
 */
function factsOfTransfer(transfer: Stripe.Transfer): {
  transferId: TransferId;
  arrivesAt: string | null;
  arrival: string | null;
  arrived: Money | null;
} {
  const payment = transfer.destination_payment;
  const known = typeof payment === 'object' ? payment?.balance_transaction : null;
  const movement = typeof known === 'object' ? known : null;
  const arrives = movement?.available_on;
  return {
    transferId: transfer.id as TransferId,
    arrived: movement && money(movement.net, movement.currency),
    arrival: typeof payment === 'string' ? payment : (payment?.id ?? null),
    arrivesAt: arrives === undefined ? null : new Date(arrives * 1000).toISOString(),
  };
}
