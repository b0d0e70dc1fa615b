import { expect } from 'vitest';
import { Stripe } from 'stripe';
import { startWatchedSandbox, type Watching } from '../../contract/watched-sandbox.ts';

/** A running sandbox with the real Stripe client, and what tests of money do with it. */
export type MoneySandbox = Awaited<ReturnType<typeof startMoneySandbox>>;

const dayMs = 86_400_000;

/** Starts a sandbox in memory for one test file. */
export async function startMoneySandbox(watching: Watching = {}) {
  const sandbox = await startWatchedSandbox(watching);
  const { url } = sandbox;
  const { hostname, port } = new URL(url);
  const stripe = new Stripe('sk_test_sandbox', {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
  });
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const init = body && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    };
    const response = await fetch(`${url}/_sandbox/${path}`, { method, ...init });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  };
  return {
    url,
    close: () => sandbox.close(),
    expectUnknown: (...calls: string[]) => sandbox.expectUnknown(...calls),
    stripe,
    ask,
    ...sellersOf(stripe, ask),
    ...timeOf(ask),
  };
}

type Ask = (method: string, path: string, body?: object) => Promise<unknown>;

function sellersOf(stripe: Stripe, ask: Ask) {
  return {
    /** A seller that may receive transfers and payouts, with a bank account. */
    async seller(country = 'us', bank: object = {}): Promise<string> {
      const { id } = await open(stripe, country);
      await ask('POST', `accounts/${id}/complete-onboarding`, bank);
      return id;
    },
    /** A seller that has entered nothing yet. */
    newcomer: async (country = 'us') => (await open(stripe, country)).id,
    /** Puts money into the platform's available balance. */
    fund: (amount: number, currency = 'usd') =>
      stripe.charges.create({ amount, currency, source: 'tok_bypassPending' }),
    available: async (account?: string, currency = 'usd') =>
      amountIn((await balanceOf(stripe, account)).available, currency),
    pending: async (account?: string, currency = 'usd') =>
      amountIn((await balanceOf(stripe, account)).pending, currency),
    /** The types of the events of an account about an object, oldest first. */
    async told(objectId: string, account?: string): Promise<string[]> {
      const options = account === undefined ? {} : { stripeAccount: account };
      const { data } = await stripe.events.list({ limit: 100 }, options);
      return data
        .filter((event) => (event.data.object as { id?: string }).id === objectId)
        .map((event) => event.type)
        .toReversed();
    },
  };
}

function timeOf(ask: Ask) {
  const now = async () => ((await ask('GET', 'clock')) as { nowMs: number }).nowMs;
  const moveTo = async (moment: number) => {
    const { offsetMs } = (await ask('GET', 'clock')) as { offsetMs: number };
    await ask('POST', 'clock', { offsetMs: Math.ceil(offsetMs + moment - (await now())) });
  };
  return {
    now,
    moveTo,
    moveDays: async (days: number) => moveTo((await now()) + days * dayMs),
    /** Moves to ten in the morning of the next Monday, so that weekends do not blur a test. */
    async moveToMonday() {
      const day = new Date((await now()) + dayMs);
      while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() + 1);
      day.setUTCHours(10, 0, 0, 0);
      await moveTo(day.getTime());
    },
  };
}

function open(stripe: Stripe, country: string) {
  return stripe.v2.core.accounts.create({
    contact_email: 'seller@example.com',
    dashboard: 'none',
    identity: { country, entity_type: 'individual' },
    configuration: {
      recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } },
    },
    defaults: {
      responsibilities: { fees_collector: 'application', losses_collector: 'application' },
    },
  });
}

function balanceOf(stripe: Stripe, account?: string) {
  return stripe.balance.retrieve({}, account === undefined ? {} : { stripeAccount: account });
}

function amountIn(parts: { amount: number; currency: string }[], currency: string): number {
  return parts.find((part) => part.currency === currency)?.amount ?? 0;
}

/** Expects a request to be refused with this code and status. */
export async function expectRefusal(
  request: Promise<unknown>,
  code: string | undefined,
  message: RegExp | string = '',
  status = 400,
): Promise<void> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ statusCode: status });
  const { code: given, message: said } = error as { code?: string; message: string };
  expect(given).toBe(code);
  expect(said).toMatch(message);
}
