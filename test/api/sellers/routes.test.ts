import { beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

describe('a new seller', () => {
  test('is onboarding, is paid in its country’s currency, and its workflow is woken', async () => {
    const before = api.woken.times;
    const { status, body } = await api.post('/v1/sellers', {
      externalId: 'ada',
      email: 'ada@shop.example',
      displayName: 'Ada',
      country: 'GB',
      metadata: { tier: 'gold' },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^sel_[0-9a-z]{20}$/),
      externalId: 'ada',
      status: 'onboarding',
      email: 'ada@shop.example',
      country: 'GB',
      currency: 'gbp',
      entityType: 'individual',
      metadata: { tier: 'gold' },
      stripeAccount: null,
      capabilities: { transfers: null, payouts: null },
    });
    expect(await api.wakeUps()).toContainEqual({
      workflow_id: `seller/${String(body['id'])}`,
      topics: ['account'],
    });
    expect(api.woken.times).toBe(before + 1);
    expect((await api.get(`/v1/sellers/${String(body['id'])}`)).body).toEqual(body);
  });

  test('with an externalId that stands is the seller that stands, and wakes nobody', async () => {
    const asked = { externalId: 'bob', email: 'bob@shop.example', country: 'US' };
    const first = await api.post('/v1/sellers', asked);
    await api.db.deleteFrom('wake_ups').execute();
    const second = await api.post('/v1/sellers', asked);
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect(await api.wakeUps()).toEqual([]);
  });

  test.each([
    ['email', { email: 'eve@shop.example' }],
    ['country', { country: 'CA' }],
    ['currency', { currency: 'eur' }],
    ['entity type', { entityType: 'company' }],
    ['metadata', { metadata: { tier: 'gold' } }],
    ['name', { displayName: 'Eve' }],
  ])('with an externalId that stands but another %s is refused', async (field, change) => {
    const externalId = `carol-${field}`;
    const asked = { externalId, email: 'carol@shop.example', country: 'US' };
    await api.post('/v1/sellers', asked);
    const { status, body } = await api.post('/v1/sellers', { ...asked, ...change });
    expect([status, body['type']]).toEqual([409, '/problems/external-id-taken']);
    expect(JSON.stringify(body)).not.toContain('@');
  });

  test('that a backup lost is made known again under the id that it had, and only once', async () => {
    const id = 'sel_0123456789abcdefghij';
    const asked = { id, email: 'lost@shop.example', country: 'US' };
    const first = await api.post('/v1/sellers', asked);
    expect([first.status, first.body['id']]).toEqual([201, id]);
    expect(await api.wakeUps()).toContainEqual({
      workflow_id: `seller/${id}`,
      topics: ['account'],
    });
    const second = await api.post('/v1/sellers', asked);
    expect([second.status, second.body]).toEqual([200, first.body]);
    const carried = { externalId: 'erin', email: 'erin@shop.example', country: 'US' };
    await api.post('/v1/sellers', carried);
    for (const other of [
      { ...asked, country: 'CA' },
      { ...asked, externalId: 'another' },
      { ...carried, id },
      { ...carried, id: 'sel_0123456789abcdefghik' },
    ]) {
      const { status, body } = await api.post('/v1/sellers', other);
      expect([status, body['type']]).toEqual([409, '/problems/seller-id-taken']);
    }
    const { body } = await api.post('/v1/sellers', { ...carried, id: 'sel_0123456789abcdefghik' });
    expect(body['detail']).toContain('Leave externalId out');
    const mistyped = await api.post('/v1/sellers', { ...asked, id: 'sel_1' });
    expect([mistyped.status, mistyped.body['errors']]).toMatchObject([400, [{ pointer: '/id' }]]);
  });

  test('made twenty times at once under one externalId is one seller', async () => {
    const asked = { externalId: 'dan', email: 'dan@shop.example', country: 'US' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.post('/v1/sellers', asked)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
  });
});

describe('the list of sellers', () => {
  test('has every seller once, newest first, however small the pages', async () => {
    const own = await startApi();
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) made.unshift(await own.makeSeller());
    const sameInstant = '2026-11-23T09:00:00.000001Z';
    await own.db.updateTable('sellers').set({ created_at: sameInstant }).execute();
    const seen: unknown[] = [];
    let path = '/v1/sellers?limit=2';
    for (;;) {
      const { body } = await own.get(path);
      seen.push(...(body['data'] as { id: string }[]).map(({ id }) => id));
      expect(body['hasMore']).toBe(body['nextCursor'] !== null);
      const cursor = body['nextCursor'] as string | null;
      if (cursor === null) break;
      path = `/v1/sellers?limit=2&cursor=${cursor}`;
    }
    expect(seen).toEqual(made.sort((a, b) => (a < b ? 1 : -1)));
  });

  test('can be asked by externalId, by status and by country', async () => {
    const own = await startApi();
    const active = await own.makeSeller({ status: 'active' });
    await own.makeSeller();
    await own.post('/v1/sellers', { externalId: 'a b&c', email: 'x@y.example', country: 'FR' });
    const idsAt = async (query: string) =>
      ((await own.get(`/v1/sellers?${query}`)).body['data'] as { id: string }[]).map(
        ({ id }) => id,
      );
    expect(await idsAt('status=active')).toEqual([active]);
    expect(await idsAt('externalId=a%20b%26c')).toHaveLength(1);
    expect(await idsAt('externalId=a%20b%26c&status=active')).toEqual([]);
    expect(await idsAt('country=FR')).toEqual(await idsAt('externalId=a%20b%26c'));
    expect(await idsAt('country=DE&status=active')).toEqual([active]);
    const { status, body } = await own.get('/v1/sellers?country=Germany');
    expect([status, body['type']]).toEqual([400, '/problems/invalid-request']);
  });
});

describe('the balances of a seller', () => {
  test('say for each currency where the money is and what could be paid now', async () => {
    const id = await api.makeSeller();
    const earn = (earning: object) => api.post(`/v1/sellers/${id}/earnings`, earning);
    await earn({ amount: 70_00, currency: 'eur' });
    await earn({ amount: 20_00, currency: 'eur', availableOn: '2199-01-01T00:00:00Z' });
    await earn({ amount: 10_00, currency: 'eur', charge: 'ch_1' });
    await earn({ amount: 500, currency: 'jpy' });
    const { body } = await api.get(`/v1/sellers/${id}/balances`);
    const none = { 'platform-reserved': 0, account: 0, 'account-reserved': 0 };
    const away = { 'in-transit': 0, bank: 0, foreign: 0 };
    expect(body['data']).toEqual([
      {
        currency: 'eur',
        payable: { amount: 70_00, currency: 'eur' },
        held: { amount: 0, currency: 'eur' },
        notYetAvailable: { amount: 30_00, currency: 'eur' },
        places: { owed: -100_00, platform: 100_00, ...none, ...away },
      },
      {
        currency: 'jpy',
        payable: { amount: 500, currency: 'jpy' },
        held: { amount: 0, currency: 'jpy' },
        notYetAvailable: { amount: 0, currency: 'jpy' },
        places: { owed: -500, platform: 500, ...none, ...away },
      },
    ]);
  });

  test('say how much of it holds keep back, for each currency', async () => {
    const id = await api.makeSeller();
    const earn = (earning: object) => api.post(`/v1/sellers/${id}/earnings`, earning);
    await earn({ amount: 70_00, currency: 'eur' });
    await earn({ amount: 500, currency: 'jpy' });
    const hold = (amount: number) =>
      api.post(`/v1/sellers/${id}/holds`, { amount, currency: 'eur', reason: 'a claim' });
    const sums = async () => {
      const { data } = (await api.get(`/v1/sellers/${id}/balances`)).body as { data: Sums[] };
      return data.map(({ payable, held }) => [payable.amount, held.amount]);
    };
    await hold(25_00);
    expect(await sums()).toEqual([
      [45_00, 25_00],
      [500, 0],
    ]);
    // More than there is holds what there is.
    await hold(90_00);
    expect(await sums()).toEqual([
      [0, 70_00],
      [500, 0],
    ]);
  });

  test('say what a pause stops as payable, and the explanation says that it is stopped', async () => {
    const id = await api.makeSeller({ status: 'active' });
    await api.post(`/v1/sellers/${id}/earnings`, { amount: 70_00, currency: 'eur' });
    await api.post(`/v1/sellers/${id}/pause`, { reason: 'odd logins' });
    const { data } = (await api.get(`/v1/sellers/${id}/balances`)).body as { data: Sums[] };
    expect(data).toMatchObject([{ payable: { amount: 70_00 } }]);
    const { body } = await api.get(`/v1/sellers/${id}/explain`);
    expect(body['waits']).toContainEqual(expect.objectContaining({ for: 'paused' }));
    const document = await (await api.app.request('/openapi.json')).text();
    expect(document).not.toContain('What a payout would pay if it were ordered now"');
    expect(document).toContain('pay if it were ordered now and nothing else stopped the seller');
  });

  test('are none before the first earning', async () => {
    const id = await api.makeSeller();
    expect((await api.get(`/v1/sellers/${id}/balances`)).body).toEqual({ data: [] });
  });
});

type Sums = { payable: { amount: number }; held: { amount: number } };
