import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Client } from 'pg';

import { caller, forEach, type Call } from '../../dev/bench/calls.ts';
import { fundPlatform, onboard } from '../../dev/bench/sellers.ts';
import { requestsAfter, type Line } from '../../dev/bench/stripe-calls.ts';
import type { BookedPayout, BookedTransfer } from '../../dev/demo/books.ts';
import { listPayouts, type Payout } from '../../dev/demo/payouts.ts';
import { until } from '../../dev/wait.ts';
import { required } from './compose.ts';
import { webhookSecret, type Production } from './launch.ts';
import { watchLags, type Lag } from './seconds.ts';

/** What came of a payday, by the API and by the sandbox. */
export type Payday = {
  ordered: readonly Order[];
  /** Orders, when the API was killed; and payouts at Stripe, when the worker was. */
  atKill: { orders: Progress; payouts: Progress };
  payouts: readonly Payout[];
  book: { payouts: BookedPayout[]; transfers: BookedTransfer[] };
  /** Everything that was asked of Stripe, and how late the machine was meanwhile. */
  requests: readonly Line[];
  lags: readonly Lag[];
  /** What was asked of Stripe and the sandbox was never taught. */
  unknownCalls: readonly object[];
};

/** An order as the platform remembers it: for whom, how much, and the id it was answered with. */
export type Order = { sellerId: string; amount: number; payoutId: string };

/** How many were done, and how many were under way. */
type Progress = { done: number; open: number };

type Site = { production: Production; api: Call; control: Call; sql: Client };

/** Each seller is paid twice, each time another amount. */
const sellers = 100;
export const payouts = 2 * sellers;
/** Orders under way at once, as a platform's batch job has them. */
const lanes = 30;

/** On a machine that does other work besides. */
const patienceMs = 150_000;
const minutesToTheBank = 5 * 24 * 60;

/** Orders a payout for each of the sellers, and kills an API and a worker on the way. */
export async function runPayday(production: Production): Promise<Payday> {
  const { apis, sandboxUrl, databaseUrl } = production;
  const urls = apis.map(({ url }) => url);
  const control = caller(`${sandboxUrl}/_sandbox`);
  const sql = new Client({ connectionString: databaseUrl });
  await sql.connect();
  await control('PUT', '/destinations', destinations(urls));
  await control('PUT', '/limits', { mode: 'live' });
  const watch = watchLags(() => control('GET', '/limits'));
  try {
    const paid = await pay({ production, api: callEither(urls), control, sql });
    const lags = await watch.end();
    return {
      ...paid,
      lags,
      book: await control('GET', '/book'),
      unknownCalls: (await control('GET', '/unknown-calls')).unknownCalls,
      requests: await requestsAfter({ control }, 0),
    };
  } finally {
    await watch.end();
    await sql.end();
  }
}

async function pay(
  site: Site,
): Promise<Omit<Payday, 'book' | 'requests' | 'lags' | 'unknownCalls'>> {
  const { production, api } = site;
  await fundPlatform(production);
  const wanted = await onboardAll(site);
  const ordered: Order[] = [];
  const orders = { done: 0, open: 0 };
  const ordering = forEach(wanted, lanes, async ({ sellerId, amount }) => {
    orders.open += 1;
    const path = `/v1/sellers/${sellerId}/payouts`;
    const { id } = await api('POST', path, { currency: 'eur', amount });
    ordered.push({ sellerId, amount, payoutId: String(id) });
    orders.open -= 1;
    orders.done += 1;
  });
  const [atKill] = await Promise.all([killOnTheWay(site, async () => orders), ordering]);
  await untilAll(site, 'sent');
  await api('POST', '/v1/test/clock', { advanceMinutes: minutesToTheBank });
  await untilAll(site, 'paid');
  return { ordered, atKill, payouts: await listPayouts({ api }) };
}

/** Kills an API in the middle of the orders, and a worker while it pays out. */
async function killOnTheWay(
  { production, sql }: Site,
  readOrders: () => Promise<Progress>,
): Promise<Payday['atKill']> {
  const orders = await untilUnderWay('orders', readOrders, payouts / 2);
  production.apis[1]?.running.kill();
  const readPayouts = async (): Promise<Progress> => {
    const { rows } = await sql.query<Progress>(
      `select count(*) filter (where state = 'succeeded')::int as done,
        count(*) filter (where state = 'started' and tries > 0)::int as open
      from attempts where step = 'payout'`,
    );
    return rows[0] ?? { done: 0, open: 0 };
  };
  const paidOut = await untilUnderWay('payouts', readPayouts, payouts / 3);
  production.workers[0]?.kill();
  return { orders, payouts: paidOut };
}

async function untilUnderWay(
  what: string,
  read: () => Promise<Progress>,
  least: number,
): Promise<Progress> {
  return until(
    `${least} ${what} are done and more are under way`,
    async () => {
      const { done, open } = await read();
      return done >= least && open > 0 && { done, open };
    },
    patienceMs,
  );
}

/** Sellers with money waiting; answers with what is to be ordered for each. */
async function onboardAll({ api, control, sql }: Site): Promise<Omit<Order, 'payoutId'>[]> {
  const ids = await onboard({ api, control, sql }, sellers);
  await forEach(ids, lanes, async (sellerId, at) => {
    const amount = amountOf(at) + amountOf(sellers + at);
    await api('POST', `/v1/sellers/${sellerId}/earnings`, { amount, currency: 'eur' });
  });
  return [...ids, ...ids].map((sellerId, at) => ({ sellerId, amount: amountOf(at) }));
}

function amountOf(order: number): number {
  return 10_00 + order;
}

async function untilAll({ sql }: Site, status: string): Promise<void> {
  await until(
    `every payout is ${status}`,
    async () => {
      const { rows } = await sql.query<{ count: number }>(
        'select count(*)::int from payouts where status = $1',
        [status],
      );
      return rows[0]?.count === payouts;
    },
    patienceMs,
  );
}

/** The events of the two payloads go to one API each; what one misses, Stripe delivers later. */
function destinations(apis: readonly string[]) {
  const both = ['snapshot', 'thin'].map((payload, at) => {
    const url = `${apis[at]}/webhooks/stripe`;
    return {
      id: payload,
      url,
      secret: webhookSecret,
      scope: 'both',
      payload,
      enabledEvents: ['*'],
    };
  });
  return { destinations: both };
}

/**
 * Calls the APIs in turn, as a proxy before them would; and as a platform's client does, asks again
 * under the same key where the answer was lost.
 */
function callEither(apis: readonly string[]): Call {
  let calls = 0;
  return async (method, path, body) => {
    const headers = {
      authorization: `Bearer ${required.ADMIN_API_KEY}`,
      ...(method !== 'GET' && { 'idempotency-key': randomUUID() }),
    };
    for (let tries = 0; ; tries += 1) {
      calls += 1;
      try {
        return await caller(apis[calls % apis.length] ?? '', headers)(method, path, body);
      } catch (error) {
        // Where `fetch` itself failed nobody was there, or the process is gone; its database may
        // not have noticed yet.
        const isGone = error instanceof TypeError || String(error).includes('command-running');
        if (!isGone || tries === 20) throw error;
        await pause(100);
      }
    }
  };
}
