import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../dev/wait.ts';
import { type MoneySandbox, startMoneySandbox } from '../money/stage.ts';
import { seen, send } from '../wire.ts';

let sandbox: MoneySandbox;

beforeAll(async () => {
  sandbox = await startMoneySandbox();
});
afterAll(() => sandbox.close());

type Held = { id: string; waiting: unknown[] };

async function held(): Promise<Held[]> {
  return ((await sandbox.ask('GET', 'holds')) as { holds: Held[] }).holds;
}

describe('the limits', () => {
  test('refuse what goes over the budget, name it, and keep nothing under its key', async () => {
    await sandbox.ask('PUT', 'limits', { mode: 'sandbox', endpointPerSecond: 1 });
    const all = Array.from({ length: 8 }, () => send(sandbox.url, 'GET /v1/balance'));
    const refused = (await Promise.all(all)).filter((reply) => reply.status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    expect(refused[0]?.headers.get('stripe-rate-limited-reason')).toBe('endpoint-rate');
    expect(refused[0]?.body.error?.code).toBe('rate_limit');
    await sandbox.ask('PUT', 'limits', { mode: 'off' });
    expect((await send(sandbox.url, 'GET /v1/balance')).status).toBe(200);
  });

  test('count a path of several words as an endpoint, not as an object', async () => {
    await sandbox.ask('PUT', 'limits', { objectPerHour: 1 });
    const read = async () => (await send(sandbox.url, 'POST /v1/balance_settings')).status;
    expect([await read(), await read()]).toEqual([200, 200]);
    await sandbox.ask('PUT', 'limits', {});
  });

  test('allow only so many payouts at once', async () => {
    await sandbox.ask('PUT', 'limits', { mode: 'live', payoutsAtOnce: 1 });
    const holds = [{ id: 'slow', when: 'before', path: '/v1/payouts' }];
    await sandbox.ask('PUT', 'holds', { holds });
    const pay = () => send(sandbox.url, 'POST /v1/payouts', { form: { amount: '1' } });
    const slow = pay();
    await until(
      'a request is held',
      seen(held, ([one]) => one?.waiting.length === 1),
    );
    const { headers } = await pay();
    expect(headers.get('stripe-rate-limited-reason')).toBe('endpoint-concurrency');
    await sandbox.ask('PUT', 'holds', { holds: [] });
    await slow;
    await sandbox.ask('PUT', 'limits', {});
  });
});

test.each<[string, object]>([
  ['global-concurrency', { globalAtOnce: 1 }],
  ['resource-specific', { objectPerHour: 1 }],
])('the limit of %s is %j', async (reason, limit) => {
  await sandbox.ask('PUT', 'limits', limit);
  const hang = { id: 'slow', when: 'before', path: '/v1/transfers/tr_none' };
  await sandbox.ask('PUT', 'holds', { holds: [hang] });
  const change = () => send(sandbox.url, 'POST /v1/transfers/tr_none');
  const slow = change();
  await until(
    'a request is held',
    seen(held, ([one]) => one?.waiting.length === 1),
  );
  const { status, headers } = await change();
  expect([status, headers.get('stripe-rate-limited-reason')]).toEqual([429, reason]);
  await sandbox.ask('PUT', 'holds', { holds: [] });
  expect((await slow).status).toBe(404);
  await sandbox.ask('PUT', 'limits', {});
});
