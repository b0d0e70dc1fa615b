import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createStripe } from '../../../activities/stripe/client.ts';
import type { Sandbox } from '../../../sandbox/server.ts';
import { startWatchedSandbox } from '../../contract/watched-sandbox.ts';
import { startApi, type TestApi } from '../harness.ts';

let sandbox: Sandbox;
let api: TestApi;
let stripe: ReturnType<typeof createStripe>;
beforeAll(async () => {
  sandbox = await startWatchedSandbox();
  api = await startApi({ stripeAt: sandbox.url });
  stripe = createStripe({ secretKey: 'sk_test_sandbox', apiBase: sandbox.url });
});
beforeEach(() => api.db.deleteFrom('budget_slots').execute());
afterAll(() => sandbox.close());

const eur = { amount: 40_00, currency: 'eur' };
const chargeOf = async (source = 'tok_bypassPending') =>
  (await stripe.charges.create({ amount: 50_00, currency: 'eur', source })).id;
const countOf = async (sellerId: string) =>
  ((await api.get(`/v1/sellers/${sellerId}/earnings`)).body['data'] as unknown[]).length;
const earn = (sellerId: string, charge: string) =>
  api.post(`/v1/sellers/${sellerId}/earnings`, { ...eur, charge });
async function faults(...rules: object[]): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ rules });
  const { ok } = await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'PUT', headers, body });
  expect(ok).toBe(true);
}
const missing = (path: string, count: number) =>
  faults({ kind: 'status', method: 'GET', path, status: 404, count });

describe('an earning at the door', () => {
  test('whose charge is at Stripe is payable at once, and the charge is read once', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const { status, body } = await earn(sellerId, await chargeOf());
    expect(status).toBe(201);
    const stored = await api.get(`/v1/earnings/${String(body['id'])}`);
    expect(stored.body['availableOn']).not.toBeNull();
  });

  test('whose charge is not at Stripe is refused, and nothing is recorded', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const { status, body } = await earn(sellerId, 'ch_mistyped');
    expect([status, body['type']]).toEqual([409, '/problems/unknown-charge']);
    expect(body['errors']).toMatchObject([{ pointer: '/charge' }]);
    expect(await countOf(sellerId)).toBe(0);
  });

  test('whose charge was created just now is not refused, if Stripe shows it a moment later', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const charge = await chargeOf();
    await missing(`/v1/charges/${charge}`, 1);
    expect((await earn(sellerId, charge)).status).toBe(201);
    await faults();
  });

  test('is recorded if Stripe cannot be asked', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    await faults({ kind: 'status', method: 'GET', path: '/v1/charges', status: 500, count: 5 });
    expect((await earn(sellerId, 'ch_later')).body).toMatchObject({ availableOn: null });
    await faults();
  });

  test('is recorded if Stripe was asked about another charge just before', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    await earn(sellerId, await chargeOf());
    const next = await Promise.all([1, 2, 3].map((one) => earn(sellerId, `ch_later${one}`)));
    expect(next.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
  });

  test('is not asked about again, if an earning of the seller names its charge', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const charge = await chargeOf();
    await earn(sellerId, charge);
    await api.db.deleteFrom('budget_slots').execute();
    await missing(`/v1/charges/${charge}`, 5);
    expect((await earn(sellerId, charge)).status).toBe(201);
    await faults();
  });
});

describe('a batch of earnings at the door', () => {
  test('with a charge that is not at Stripe is refused as a whole, and names the field', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const earnings = [
      { ...eur, charge: await chargeOf() },
      { ...eur, charge: 'ch_typo' },
    ];
    const { status, body } = await api.post(`/v1/sellers/${sellerId}/earnings/batch`, { earnings });
    expect([status, body['type']]).toEqual([409, '/problems/unknown-charge']);
    expect(body['errors']).toMatchObject([{ pointer: '/earnings/1/charge' }]);
    expect(await countOf(sellerId)).toBe(0);
  });

  test('with more charges than Stripe is asked about is recorded, and read later', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const earnings = Array.from({ length: 11 }, (_, at) => ({ ...eur, charge: `ch_many${at}` }));
    const { status } = await api.post(`/v1/sellers/${sellerId}/earnings/batch`, { earnings });
    expect(status).toBe(200);
  });
});

test('a correction to a charge that is not at Stripe is refused, and changes nothing', async () => {
  const sellerId = await api.makeSeller({ status: 'active' });
  const { body } = await api.post(`/v1/sellers/${sellerId}/earnings`, eur);
  const path = `/v1/earnings/${String(body['id'])}`;
  const corrected = await api.post(`${path}/correct`, { reason: 'why', charge: 'ch_typo' });
  expect(corrected.body['type']).toBe('/problems/unknown-charge');
  expect((await api.get(path)).body).toMatchObject({ charge: null, changes: [] });
});

test('an earning whose charge failed is refused, because the charge brings no money', async () => {
  // The sandbox makes no charges that fail: this one passes the sandbox's answer on as failed.
  const server = createServer((request, response) => {
    void fetch(`${sandbox.url}${request.url}`, {
      headers: { authorization: request.headers.authorization ?? '' },
    })
      .then((answer) => answer.json())
      .then((charge) => {
        const failed = { ...(charge as object), status: 'failed', balance_transaction: null };
        response.setHeader('content-type', 'application/json').end(JSON.stringify(failed));
      });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const other = await startApi({ stripeAt: `http://127.0.0.1:${port}` });
  const sellerId = await other.makeSeller({ status: 'active' });
  const asked = { ...eur, charge: await chargeOf() };
  const { body } = await other.post(`/v1/sellers/${sellerId}/earnings`, asked);
  server.closeAllConnections();
  server.close();
  expect(body['type']).toBe('/problems/charge-failed');
});
