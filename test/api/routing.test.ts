import { beforeEach, describe, expect, test } from 'vitest';
import { recordInstallation } from '../../db/operations/installation.ts';
import { startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startApi({ platformCountry: null });
});

const startWorker = (platformCountry: string) =>
  recordInstallation(api.db, {
    stripeAccount: 'acct_platform',
    livemode: false,
    stripeIs: 'sandbox',
    temporalNamespace: 'default',
    platformCountry,
  });

describe('GET /v1/routes', () => {
  test('says how a seller in another country is paid, before anything is created', async () => {
    await startWorker('US');
    expect(await api.get('/v1/routes?country=HU')).toMatchObject({
      status: 200,
      body: {
        platform: 'US',
        country: 'HU',
        outcome: 'cross-border',
        reason: 'self-serve-corridor',
        steps: ['transfer', 'wait-for-arrival', 'payout'],
        currency: 'huf',
        minimum: { amount: 360_00, currency: 'huf' },
        payoutStep: 100,
        extraHours: 0,
        fees: ['cross-border-payout', 'conversion'],
      },
    });
  });

  test('says of a country without a route why, and no step', async () => {
    await startWorker('DE');
    const { body } = await api.get('/v1/routes?country=JP');
    expect(body).toMatchObject({ outcome: 'unsupported', steps: [], minimum: null, fees: [] });
    expect(body.explanation).toBe(
      'Stripe does not let a platform in DE send money to accounts in JP',
    );
  });

  test('answers for direct charges and for accounts under the recipient agreement', async () => {
    await startWorker('US');
    expect(await api.get('/v1/routes?country=JP&flow=direct')).toMatchObject({
      body: { outcome: 'domestic', reason: 'made-at-the-seller', steps: ['payout'] },
    });
    expect(await api.get('/v1/routes?country=JP&agreement=recipient')).toMatchObject({
      body: { outcome: 'recipient-agreement', extraHours: 24 },
    });
  });

  test('says that another currency than the usual one needs a bank account in it', async () => {
    await startWorker('DE');
    const { body } = await api.get('/v1/routes?country=CH&currency=eur');
    expect(body).toMatchObject({ currency: 'eur', minimum: { amount: 1_00, currency: 'eur' } });
    expect(body.explanation).toMatch(/needs a bank account in eur$/);
  });

  test.each([
    ['', '/country', 'is required'],
    ['?country=de', '/country', 'must be an ISO 3166-1 alpha-2 code in upper case, such as DE'],
    ['?country=KP', '/country', 'must be a country whose currency Stripe supports'],
    ['?country=DE&flow=card', '/flow', /must be one of|Invalid option/],
    ['?country=DE&platform=US', '/platform', /./],
  ])('refuses %j and names the field', async (query, pointer, rule) => {
    await startWorker('DE');
    const { status, body } = await api.get(`/v1/routes${query}`);
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { in: 'query', pointer, rule: typeof rule === 'string' ? rule : expect.stringMatching(rule) },
    ]);
  });

  test('cannot answer before a worker has asked Stripe for the country of the platform', async () => {
    const { status, body } = await api.get('/v1/routes?country=DE');
    expect(status).toBe(503);
    expect(body).toMatchObject({ type: '/problems/unavailable' });
  });
});

describe('a new seller', () => {
  const seller = { email: 'aiko@example.com', country: 'JP' };

  test('in a country without a route is refused in the words of the route, and not created', async () => {
    await startWorker('DE');
    const { status, body } = await api.post('/v1/sellers', seller);
    expect(status).toBe(409);
    expect(body).toMatchObject({
      type: '/problems/no-route',
      detail: 'Stripe does not let a platform in DE send money to accounts in JP',
      errors: [{ in: 'body', pointer: '/country', rule: expect.stringMatching(/accounts in JP$/) }],
    });
    expect(await api.get('/v1/sellers')).toMatchObject({ body: { data: [] } });
    expect(await api.wakeUps()).toEqual([]);
  });

  test('whose buyers pay the account directly is accepted without a route', async () => {
    await startWorker('DE');
    const direct = { ...seller, flow: 'direct', externalId: 'user-2' };
    const { status, body } = await api.post('/v1/sellers', direct);
    expect([status, body.flow]).toEqual([201, 'direct']);
    expect(await api.post('/v1/sellers', { ...direct, flow: 'destination' })).toMatchObject({
      body: { type: '/problems/external-id-taken' },
    });
  });

  test('is refused before a worker has read the country of the platform, and not created', async () => {
    const { status, body } = await api.post('/v1/sellers', { ...seller, country: 'DE' });
    expect([status, body.type]).toEqual([503, '/problems/unavailable']);
    expect(await api.get('/v1/sellers')).toMatchObject({ body: { data: [] } });
  });

  test('is refused where Stripe opens no accounts, whatever buyers do', async () => {
    await startWorker('US');
    const { body } = await api.post('/v1/sellers', { ...seller, country: 'RU', flow: 'direct' });
    expect(body).toMatchObject({
      type: '/problems/no-route',
      detail: 'Stripe is not known to open accounts in RU, so no charge can be made there',
    });
  });

  test('is refused where only Stripe pays accounts out, however buyers pay', async () => {
    await startWorker('US');
    const { status } = await api.post('/v1/sellers', { ...seller, country: 'BR', flow: 'direct' });
    expect(status).toBe(409);
  });

  test('that exists is found again, although the corridor was closed since', async () => {
    const given = { ...seller, country: 'CH', externalId: 'user-1' };
    await startWorker('DE');
    const { body } = await api.post('/v1/sellers', given);
    await api.db.updateTable('installation').set({ platform_country: 'JP' }).execute();
    expect(await api.post('/v1/sellers', given)).toMatchObject({
      status: 200,
      body: { id: body.id },
    });
  });
});
