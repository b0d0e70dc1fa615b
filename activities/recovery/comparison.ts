import { setTimeout as pause } from 'node:timers/promises';
import type { Stripe } from 'stripe';
import type { Db } from '../../db/connect.ts';
import {
  keepUnknown,
  readUncompared,
  recordCompared,
  recordUnknownMade,
} from '../../db/recovery/comparison.ts';
import { isPayoutId, type StripeAccountId } from '../../domain/ids.ts';
import type { MadeAtStripe } from '../../domain/stripe.ts';
import {
  isDisconnected,
  isReadFailure,
  readPages,
  readStripe,
  type StripeDeps,
} from '../stripe/call-once.ts';
import { actingFor } from '../stripe/client.ts';
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
  const uncompared = await readUncompared(deps.db);
  if (!uncompared) return;
  const since = Math.floor(Date.parse(uncompared.since) / 1000);
  const transfers = await keepUnknown(deps.db, await listTransfers(deps, since));
  const accounts = new Set([...uncompared.accounts, ...transfers.map((one) => one.stripeAccount)]);
  const payouts: MadeAtStripe[] = [];
  const toRead = [...accounts].values();
  const readSome = async (): Promise<void> => {
    for (const account of toRead) payouts.push(...(await listPayouts(deps, account, since)));
  };
  await Promise.all(Array.from({ length: atOnce }, readSome));
  const unknown = [...transfers, ...(await keepUnknown(deps.db, payouts))];
  await recordUnknownMade(deps.db, unknown);
  await noteBehindStripe(deps.db);
  await claimRight(deps);
  await recordCompared(deps.db, uncompared.start);
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
  const found = await readPages(
    deps,
    'GET /v1/transfers',
    (page) => deps.stripe.transfers.list({ created: { gte: since }, ...page }),
    patiently,
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
