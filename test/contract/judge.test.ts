import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Exchange } from '../../sandbox/core/witness.ts';
import { startSandbox } from '../../sandbox/server.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import { judgeEvent, judgeExchange } from './judge.ts';
import { startWatchedSandbox } from './watched-sandbox.ts';

const seen: Exchange[] = [];
const events: { version: 'v1' | 'v2'; body: object }[] = [];
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({
    port: 0,
    file: ':memory:',
    secretKey: 'sk_test_sandbox',
    witness: {
      exchange: (exchange) => void seen.push(exchange),
      event: (version, body) => void events.push({ version, body: body as object }),
      unknown: () => undefined,
    },
  });
  await post('/v1/topups', new URLSearchParams({ amount: '500', currency: 'usd' }));
  await post('/v2/core/accounts', JSON.stringify(account));
  await ask('GET', '/v1/topups/tu_none');
});
afterAll(() => sandbox.close());

const account = {
  contact_email: 'seller@example.com',
  dashboard: 'none',
  identity: { country: 'us', entity_type: 'individual' },
  configuration: {
    recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } },
  },
  defaults: {
    responsibilities: { fees_collector: 'application', losses_collector: 'application' },
  },
  include: ['configuration.recipient', 'defaults', 'identity', 'requirements'],
};

async function post(path: string, body: string | URLSearchParams): Promise<void> {
  const answer = await ask('POST', path, body);
  expect(answer.status).toBe(200);
}

function ask(method: string, path: string, body?: string | URLSearchParams): Promise<Response> {
  const headers = {
    authorization: 'Bearer sk_test_sandbox',
    'stripe-version': '2026-10-28.endive',
    'idempotency-key': `key of ${method} ${path}`,
  };
  return fetch(sandbox.url + path, { method, headers, ...(body !== undefined && { body }) });
}

/** The exchange with a path, with some of its parts set to something else. */
function changed(path: string, changes: Record<string, unknown>): Exchange {
  const exchange = seen.find((one) => one.path === path);
  if (!exchange) throw new Error(`nobody asked for ${path}`);
  return withParts(exchange, changes);
}

function withParts<T extends object>(whole: T, changes: Record<string, unknown>): T {
  const copy = structuredClone(whole);
  for (const [path, value] of Object.entries(changes)) {
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    const owner = parts.reduce<Record<string, unknown>>(
      (node, part) => node[part] as Record<string, unknown>,
      copy as Record<string, unknown>,
    );
    if (value === undefined) delete owner[last];
    else owner[last] = value;
  }
  return copy;
}

describe('an exchange', () => {
  test.each(['/v1/topups', '/v2/core/accounts', '/v1/topups/tu_none'])(
    'with %s is as Stripe describes it',
    (path) => {
      expect(judgeExchange(changed(path, {}), true)).toEqual({ faults: [], met: [] });
    },
  );

  test.each<[string, string, Record<string, unknown>]>([
    // breaks                     in                what is wrong
    ['/amount breaks type', '/v1/topups', { 'params.amount': 'much' }],
    ['/amount breaks required', '/v1/topups', { 'params.amount': undefined }],
    ['/colour breaks additionalProperties', '/v1/topups', { 'params.colour': 'red' }],
    ['/amount breaks type', '/v1/topups', { 'body.amount': '500' }],
    ['/amount breaks required', '/v1/topups', { 'body.amount': undefined }],
    ['/colour breaks additionalProperties', '/v1/topups', { 'body.colour': 'red' }],
    ['/status breaks enum', '/v1/topups', { 'body.status': 'arrived' }],
    ['/source breaks type', '/v1/topups', { 'body.source': 7 }],
    ['/status breaks type', '/v1/topups', { 'body.status': null }],
    ['/source/id breaks required', '/v1/topups', { 'body.source': { object: 'source' } }],
    ['/error/type breaks enum', '/v1/topups/tu_none', { 'body.error.type': 'odd' }],
    ['/error breaks required', '/v1/topups/tu_none', { 'body.error': undefined }],
    ['/dashboard breaks enum', '/v2/core/accounts', { 'params.dashboard': 'glass' }],
    ['/colour breaks additionalProperties', '/v2/core/accounts', { 'params.colour': 'red' }],
    ['/created breaks required', '/v2/core/accounts', { 'body.created': undefined }],
    ['/livemode breaks type', '/v2/core/accounts', { 'body.livemode': 'no' }],
    ['/identity/colour breaks', '/v2/core/accounts', { 'body.identity.colour': 'red' }],
    ['/requirements/entries breaks type', '/v2/core/accounts', { 'body.requirements.entries': 1 }],
    [
      '/stripe_transfers/status breaks enum',
      '/v2/core/accounts',
      { 'body.configuration.recipient.capabilities.stripe_balance.stripe_transfers.status': 'on' },
    ],
  ])('with %s in %s is a fault: %j', (fault, path, changes) => {
    const { faults } = judgeExchange(changed(path, changes), false);
    expect(faults.join('\n')).toContain(fault);
  });

  test('that the sandbox refused may be malformed, unless the engine asked', () => {
    const exchange = changed('/v1/topups', {
      'params.colour': 'red',
      status: 400,
      body: { error: { type: 'invalid_request_error', message: 'no' } },
    });
    expect(judgeExchange(exchange, false).faults).toEqual([]);
    expect(judgeExchange(exchange, true).faults).toHaveLength(1);
  });

  test('under a key that the package made up is a fault of the engine', () => {
    const exchange = changed('/v1/topups', { key: 'stripe-node-retry-0123' });
    expect(judgeExchange(exchange, true).faults).toHaveLength(1);
    expect(judgeExchange(exchange, false).faults).toEqual([]);
  });

  test('with an operation that Stripe has not is a fault, unless it is refused as unknown', () => {
    const path = '/v1/wishes';
    expect(judgeExchange(changed('/v1/topups', { path }), false).faults).toHaveLength(1);
    expect(judgeExchange(changed('/v1/topups', { path, status: 404 }), false).faults).toEqual([]);
  });
});

describe('an event', () => {
  test.each<[string, string, Record<string, unknown>]>([
    // breaks                           in                    what is wrong
    ['/data/object/amount breaks type', 'topup.created', { 'data.object.amount': '500' }],
    ['/colour breaks known', 'topup.created', { 'data.previous_attributes': { colour: 1 } }],
    [
      '/data/previous_attributes/amount breaks',
      'topup.created',
      { 'data.previous_attributes': { amount: 'x' } },
    ],
    ['/type breaks known', 'topup.created', { type: 'topup.thought_of' }],
    ['/pending_webhooks breaks required', 'topup.created', { pending_webhooks: undefined }],
    ['/related_object breaks required', 'v2.core.account.created', { related_object: undefined }],
    ['/type breaks known', 'v2.core.account.created', { type: 'v2.core.account.wished' }],
  ])('with %s in %s is a fault: %j', (fault, type, changes) => {
    const found = events.find(({ body }) => (body as { type: string }).type === type);
    if (!found) throw new Error(`there was no ${type}`);
    expect(judgeEvent(found.version, found.body).faults).toEqual([]);
    const { faults } = judgeEvent(found.version, withParts(found.body, changes));
    expect(faults.join('\n')).toContain(fault);
  });
});

describe('a watched sandbox', () => {
  test('fails on a call that it does not know', async () => {
    const watched = await startWatchedSandbox();
    await fetch(`${watched.url}/v1/wishes`, {
      headers: { authorization: 'Bearer sk_test_sandbox' },
    });
    await expect(watched.close()).rejects.toThrow('GET /v1/wishes: unknown path');
  });

  test('fails on a call that was to be unknown, but never came', async () => {
    const watched = await startWatchedSandbox();
    watched.expectUnknown('GET /v1/wishes');
    await expect(watched.close()).rejects.toThrow('GET /v1/wishes');
  });

  test('fails on a malformed request of the engine', async () => {
    const watched = await startWatchedSandbox({ strict: true });
    await fetch(`${watched.url}/v1/balance_transactions?limit=ten`, {
      headers: { authorization: 'Bearer sk_test_sandbox' },
    });
    await expect(watched.close()).rejects.toThrow('/limit breaks type: must be integer');
  });
});
