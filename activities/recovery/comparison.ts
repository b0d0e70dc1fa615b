import { setTimeout as pause } from 'node:timers/promises';
import type { Stripe } from 'stripe';
import type { Db } from '../../db/connect.ts';
import { forgetFailedReads, listUncomparedAccounts } from '../../db/failed-reads/rows.ts';
import {
  keepUnknown,
  readUncompared,
  recordCompared,
  recordUnknownMade,
} from '../../db/recovery/comparison.ts';
import { transact } from '../../db/wake-ups.ts';
import { isPayoutId, type StripeAccountId } from '../../domain/ids.ts';
import type { MadeAtStripe } from '../../domain/stripe.ts';
import {
  isDisconnected,
  isReadFailure,
  isUnread,
  readPages,
  readStripe,
  type StripeDeps,
} from '../stripe/call-once.ts';
import { actingFor } from '../stripe/client.ts';
import { checkingRead, noteFailedRead } from '../stripe/failed-reads.ts';
import { claimRight } from './right-to-send.ts';
import { noteBehindStripe, noteStart } from './starts.ts';

/** The comparison that runs in this process. Other callers wait for the same comparison. */
const underWay = new WeakMap<Db, Promise<void>>();

/**
 * Reads what Stripe created since this database last showed activity, and looks for objects that
 * the database does not know. After an ordinary restart, there are none. After a restore from a
 * backup, there may be some, and money stops. Also claims the right to send, which a copy of the
 * database loses. A completed comparison is recorded.
 */
export async function compareSinceStart(deps: StripeDeps): Promise<void> {
  const comparison = underWay.get(deps.db) ?? compare(deps).finally(() => underWay.delete(deps.db));
  underWay.set(deps.db, comparison);
  return comparison;
}

async function compare(deps: StripeDeps): Promise<void> {
  await noteStart(deps.db);
  const { db } = deps;
  const uncompared = await readUncompared(db);
  const failedBefore = await listUncomparedAccounts(db, accountsAgain);
  if (!uncompared) return compareAccounts(deps, failedBefore);
  const { since } = uncompared;
  const transfers = await keepUnknown(db, await listTransfers(deps, secondsOf(since)));
  const accounts = [...uncompared.accounts, ...transfers.map((one) => one.stripeAccount)];
  const toCompare = [...accounts.map((account) => ({ account, since })), ...failedBefore];
  await compareAccounts(deps, toCompare, transfers);
  await noteBehindStripe(db);
  await claimRight(deps);
  await recordCompared(db, uncompared.start);
}

/** The most accounts of earlier comparisons that are tried again in one pass. */
const accountsAgain = 100;
/** After this many accounts in a row without an answer, Stripe itself does not answer. */
const silenceInARow = 3;

type Uncompared = { account: StripeAccountId; since: string };

/**
 * Compares the payouts of these accounts, and records what is unknown together with the unknown
 * transfers. An account that cannot be read is recorded: nothing is sent
 * to it before a later comparison, and the other accounts do not wait for it.
 */
async function compareAccounts(
  deps: StripeDeps,
  all: readonly Uncompared[],
  transfers: readonly MadeAtStripe[] = [],
): Promise<void> {
  const { db } = deps;
  const payouts: MadeAtStripe[] = [];
  const compared: StripeAccountId[] = [];
  let silent = 0;
  const toRead = earliestOfEach(all).values();
  const readSome = async (): Promise<void> => {
    for (const { account, since } of toRead) {
      try {
        payouts.push(...(await listPayouts(deps, account, secondsOf(since))));
        compared.push(account);
        silent = 0;
      } catch (error) {
        if (!isUnread(error)) throw error;
        await noteFailedRead(db, { account, what: 'payouts', compareFrom: since }, error);
        silent = isReadFailure(error) ? silent + 1 : 0;
        if (silent === silenceInARow) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, readSome));
  await recordUnknownMade(db, [...transfers, ...(await keepUnknown(db, payouts))]);
  await transact(db, (tx) => forgetFailedReads(tx, compared, 'payouts'));
}

function earliestOfEach(all: readonly Uncompared[]): Uncompared[] {
  const of = Map.groupBy(all, ({ account }) => account);
  return [...of].map(([account, given]) => {
    return { account, since: given.map(({ since }) => since).toSorted()[0] ?? '' };
  });
}

function secondsOf(instant: string): number {
  return Math.floor(Date.parse(instant) / 1000);
}

const atOnce = 10;
const mostTries = 6;

/** There are many reads, so one failing read is retried instead of discarding the others. */
const patiently: typeof readStripe = async (deps, endpoint, read) => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await readStripe(deps, endpoint, read);
    } catch (error) {
      if (tries === mostTries || !isReadFailure(error)) throw error;
      await pause(50 * 2 ** tries);
    }
  }
};

async function listTransfers(deps: StripeDeps, since: number): Promise<MadeAtStripe[]> {
  const found = await checkingRead(deps.db, 'transfers', () =>
    readPages(
      deps,
      'GET /v1/transfers',
      (page) => deps.stripe.transfers.list({ created: { gte: since }, ...page }),
      patiently,
    ),
  );
  return found.flatMap((transfer) => {
    const { destination } = transfer;
    const account = typeof destination === 'string' ? destination : destination?.id;
    return transfer.reversed || !account ? [] : made(transfer, 'transfer', account);
  });
}

/**
 * Returns nothing for an account that has left the platform: nothing can be paid out of it either.
 */
async function listPayouts(
  deps: StripeDeps,
  account: StripeAccountId,
  since: number,
): Promise<MadeAtStripe[]> {
  try {
    const found = await readPages(
      deps,
      'GET /v1/payouts',
      (page) => deps.stripe.payouts.list({ created: { gte: since }, ...page }, actingFor(account)),
      patiently,
    );
    return found.flatMap((payout) => made(payout, 'payout', account));
  } catch (error) {
    if (isDisconnected(error)) return [];
    throw error;
  }
}

function made(
  object: Pick<
    Stripe.Transfer | Stripe.Payout,
    'id' | 'amount' | 'currency' | 'created' | 'metadata'
  >,
  step: MadeAtStripe['step'],
  account: string,
): MadeAtStripe[] {
  const payoutId = object.metadata?.['payout_id'];
  if (!isPayoutId(payoutId)) return [];
  const { id: stripeId, amount, currency, created } = object;
  const createdAt = new Date(created * 1000).toISOString();
  const stripeAccount = account as StripeAccountId;
  return [{ stripeId, step, payoutId, stripeAccount, amount, currency, createdAt }];
}
