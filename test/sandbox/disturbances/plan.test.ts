import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MoneySandbox, startMoneySandbox } from '../money/stage.ts';
import { send } from '../wire.ts';

type Struck = { seq: number; endpoint: string; n: number; fault: string; requestId: string };

let sandbox: MoneySandbox;
let seller: string;

beforeEach(async () => {
  sandbox = await startMoneySandbox();
  await sandbox.fund(1_000_00);
  seller = await sandbox.seller();
});
afterEach(() => sandbox.close());

async function struck(): Promise<Struck[]> {
  return ((await sandbox.ask('GET', 'strikes')) as { strikes: Struck[] }).strikes;
}

async function strikeAt(endpoint: string, fault: string, delayMs = 0): Promise<void> {
  await sandbox.ask('PUT', 'plan', { strikes: [{ endpoint, n: 1, fault, delayMs }] });
}

function sendTransfer(key: string) {
  const form = { amount: '100', currency: 'usd', destination: seller };
  return send(sandbox.url, 'POST /v1/transfers', { form, headers: { 'idempotency-key': key } });
}

async function transfersMade(): Promise<number> {
  return ((await sandbox.ask('GET', 'book')) as { transfers: object[] }).transfers.length;
}

describe('a plan by seed', () => {
  const shares = { 'retry-500': 0.25, 'drop-before': 0.25 };
  const ask = async (): Promise<void> => {
    for (let call = 0; call < 40; call += 1) {
      await send(sandbox.url, 'GET /v1/balance').catch(() => 'dropped');
    }
  };
  const identities = async (): Promise<string[]> =>
    (await struck()).map(({ endpoint, n, fault }) => `${endpoint} #${n} ${fault}`);

  test('strikes the same calls again, about as many as the shares say, and others by another seed', async () => {
    await sandbox.ask('PUT', 'plan', { seed: 7, shares });
    await ask();
    const first = await identities();
    expect(first.length).toBeGreaterThan(10);
    expect(first.length).toBeLessThan(30);
    await sandbox.ask('PUT', 'plan', { seed: 7, shares });
    await ask();
    expect((await identities()).slice(first.length)).toEqual(first);
    await sandbox.ask('PUT', 'plan', { seed: 8, shares });
    await ask();
    expect((await identities()).slice(2 * first.length)).not.toEqual(first);
  });

  test('can be played again from the list of what struck', async () => {
    await sandbox.ask('PUT', 'plan', { seed: 7, shares });
    await ask();
    const first = await struck();
    const strikes = first.map(({ endpoint, n, fault }) => ({ endpoint, n, fault }));
    await sandbox.ask('PUT', 'plan', { strikes });
    await ask();
    const all = await identities();
    expect(all.slice(first.length)).toEqual(all.slice(0, first.length));
  });

  test('counts each endpoint for itself, ids left out, and says whom it struck', async () => {
    await strikeAt('GET /v1/transfers/:id', 'retry-500');
    const { body } = await sendTransfer('one');
    const { status, headers } = await send(sandbox.url, `GET /v1/transfers/${String(body['id'])}`);
    expect(status).toBe(500);
    const requestId = headers.get('request-id');
    expect(await struck()).toMatchObject([{ endpoint: 'GET /v1/transfers/:id', n: 1, requestId }]);
    expect((await send(sandbox.url, `GET /v1/transfers/${String(body['id'])}`)).status).toBe(200);
  });

  test('ends when it is replaced by an empty one', async () => {
    await sandbox.ask('PUT', 'plan', { seed: 1, shares: { 'retry-500': 1 } });
    expect((await send(sandbox.url, 'GET /v1/balance')).status).toBe(500);
    await sandbox.ask('PUT', 'plan', {});
    expect((await send(sandbox.url, 'GET /v1/balance')).status).toBe(200);
  });
});

describe('a strike', () => {
  test.each([
    // fault, first status, made at once, status of the same key again, made in all, why
    ['drop-before', null, 0, 200, 1, 'nothing was done'],
    ['drop-after', null, 1, 200, 1, 'it was done, and the key finds it'],
    ['stored-500', 500, 0, 500, 0, 'the answer is kept for 24 hours'],
    ['stored-500-done', 500, 1, 500, 1, 'it was done, and the kept answer denies it'],
    ['retry-500', 500, 0, 200, 1, 'nothing is kept'],
    ['no-retry-500', 500, 0, 200, 1, 'nothing is kept, whatever the header says'],
    ['global-rate', 429, 0, 200, 1, 'turned away'],
    ['lock-timeout', 429, 0, 200, 1, 'turned away'],
    ['key-in-use', 409, 0, 200, 1, 'turned away'],
    ['delay', 200, 1, 200, 1, 'only slow'],
  ] as const)('%s answers %s and has done %i; then %s, %i in all: %s', async (...row) => {
    const [fault, status, made, statusAgain, madeInAll] = row;
    await strikeAt('POST /v1/transfers', fault, 10);
    const first = await sendTransfer('key').catch(() => ({ status: null }));
    expect(first.status).toBe(status);
    expect(await transfersMade()).toBe(made);
    expect((await sendTransfer('key')).status).toBe(statusAgain);
    expect(await transfersMade()).toBe(madeInAll);
  });

  test.each([
    'global-rate',
    'global-concurrency',
    'endpoint-rate',
    'endpoint-concurrency',
    'resource-specific',
  ])('of %s names the limit', async (fault) => {
    await strikeAt('POST /v1/transfers', fault);
    const { headers, body } = await sendTransfer('key');
    expect(headers.get('stripe-rate-limited-reason')).toBe(fault);
    expect(body.error?.code).toBe('rate_limit');
  });

  test.each([
    ['lock-timeout', 'true', 'lock_timeout'],
    ['key-in-use', 'true', 'idempotency_key_in_use'],
    ['retry-500', 'true', undefined],
    ['no-retry-500', 'false', undefined],
    ['stored-500', 'false', undefined],
  ])('of %s says Stripe-Should-Retry %s', async (fault, shouldRetry, code) => {
    await strikeAt('POST /v1/transfers', fault);
    const { headers, body } = await sendTransfer('key');
    expect(headers.get('stripe-should-retry')).toBe(shouldRetry);
    expect(headers.has('stripe-rate-limited-reason')).toBe(false);
    expect(body.error?.code).toBe(code);
  });

  test('of v2 says rate_limit in its type', async () => {
    await strikeAt('GET /v2/core/events', 'global-rate');
    const { body } = await send(sandbox.url, 'GET /v2/core/events');
    expect(body.error?.type).toBe('rate_limit');
  });

  test('passes by what has no key that could be in use', async () => {
    await strikeAt('GET /v1/balance', 'key-in-use');
    expect((await send(sandbox.url, 'GET /v1/balance')).status).toBe(200);
    expect(await struck()).toEqual([]);
  });
});

test.each([
  [{ seed: 1, shares: { fire: 0.1 } }, 'shares[fire]'],
  [{ seed: 1, shares: { 'drop-before': 2 } }, 'between 0 and 1'],
  [{ seed: 1, shares: { 'drop-before': 0.6, 'drop-after': 0.6 } }, 'at most 1'],
  [{ strikes: [{ endpoint: '/v1/payouts', n: 1, fault: 'delay' }] }, 'no endpoint'],
  [{ strikes: [{ endpoint: 'GET /v1/payouts', n: 0, fault: 'delay' }] }, 'at least 1'],
  [{ strikes: [{ endpoint: 'GET /v1/payouts', n: 1, fault: 'fire' }] }, 'must be one of'],
  [{ delayMs: 70_000 }, 'delayMs is between'],
  [{ sead: 1 }, 'sead'],
])('a plan such as %j is refused: %s', async (plan, words) => {
  await expect(sandbox.ask('PUT', 'plan', plan)).rejects.toThrow(words);
});
