import { beforeAll, describe, expect, test } from 'vitest';
import { recordAccountRead } from '../../../db/accounts/reads.ts';
import { recordCheck } from '../../../db/operations/checks.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { attention, parkedSeller } from '../../build/attention-stage.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startStripeSide } from '../../build/stripe-side.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

describe('what needs attention', () => {
  test('is nothing while nothing stopped', async () => {
    const own = await startApi();
    await own.makeSeller();
    const nothing = { data: [], hasMore: false, nextCursor: null, failedChecks: [] };
    expect(await attention(own)).toEqual(nothing);
  });

  test('is every payout and seller that stopped: since when, why, how much, what resolves it', async () => {
    const own = await startApi();
    const stages = payoutStages(own);
    const unknown = await stages.parkUnknown('transfer');
    const { payoutId: refused } = await stages.orderPayout({ amount: 40_00 });
    await parkPayout(own.db, await readPayout(own.db, refused), 'refused-by-stripe');
    const seller = await parkedSeller(own, 'account-refused');
    const { data } = await attention(own);
    expect(data).toMatchObject([
      {
        kind: 'payout',
        id: unknown,
        reason: 'outcome-unknown',
        atStake: [{ amount: 100_00, currency: 'eur' }],
        commands: [
          { path: `/v1/payouts/${unknown}/confirm-sent`, body: { stripeId: 'tr_...' } },
          { path: `/v1/payouts/${unknown}/confirm-not-sent`, body: {} },
        ],
      },
      {
        kind: 'payout',
        id: refused,
        reason: 'refused-by-stripe',
        atStake: [{ amount: 40_00, currency: 'eur' }],
        commands: [
          { method: 'POST', path: `/v1/payouts/${refused}/retry`, body: {} },
          { method: 'POST', path: `/v1/payouts/${refused}/cancel`, body: {} },
          { method: 'POST', path: `/v1/payouts/${refused}/paid-elsewhere` },
        ],
      },
      {
        kind: 'seller',
        id: seller,
        sellerId: seller,
        reason: 'account-refused',
        atStake: [{ amount: 70_00, currency: 'eur' }],
        commands: [{ method: 'POST', path: `/v1/sellers/${seller}/retry`, body: {} }],
      },
    ]);
    expect(data.map(({ since }) => since)).toEqual(data.map(({ since }) => since).toSorted());
  });

  test('about a payout of all that nothing is set aside for is all that is payable', async () => {
    const own = await startApi();
    const { payoutId } = await payoutStages(own).orderPayout();
    await parkPayout(own.db, await readPayout(own.db, payoutId), 'unexpected-state');
    const { data } = await attention(own);
    expect(data).toMatchObject([{ atStake: [{ amount: 100_00, currency: 'eur' }] }]);
  });

  test('counts what a payout carries once, though its seller stopped as well', async () => {
    const own = await startApi();
    const { sellerId } = await payoutStages(own).orderPayout();
    const unknown = await payoutStages(own).parkUnknown('transfer');
    const { seller_id: other } = await own.db
      .selectFrom('payouts')
      .select('seller_id')
      .where('id', '=', unknown)
      .executeTakeFirstOrThrow();
    await own.db.updateTable('sellers').set({ parked: 'manual-payouts-refused' }).execute();
    const stakes = (await attention(own)).data.map(({ id, atStake }) => [id, atStake]);
    const sum = [{ amount: 100_00, currency: 'eur' }];
    expect(Object.fromEntries(stakes)).toEqual({ [unknown]: sum, [other]: [], [sellerId]: sum });
  });

  test('is a payout that the banks have for longer than a week, with what may be ordered', async () => {
    const own = await startApi();
    const stages = payoutStages(own);
    const [late, early] = [await stages.orderPayout(), await stages.orderPayout()];
    for (const { payoutId } of [late, early]) await stages.send(payoutId);
    await own.db
      .updateTable('payouts')
      .set({ sent_at: '2026-01-01T00:00:00Z' })
      .where('id', '=', late.payoutId)
      .execute();
    expect((await attention(own)).data).toMatchObject([
      {
        id: late.payoutId,
        reason: 'late',
        since: '2026-01-08T00:00:00.000Z',
        commands: [
          { path: `/v1/payouts/${late.payoutId}/cancel`, body: {} },
          { path: `/v1/payouts/${late.payoutId}/leave-with-seller`, body: { reason: '...' } },
        ],
      },
    ]);
    const { body } = await own.get(`/v1/payouts/${late.payoutId}/explain`);
    expect(body['waits']).toMatchObject([
      {
        for: 'bank',
        actor: 'operator',
        commands: [{ path: `/v1/payouts/${late.payoutId}/cancel` }, {}],
      },
    ]);
    const ordered = await own.post(`/v1/payouts/${late.payoutId}/cancel`, {});
    expect(ordered.body['cancellation']).toMatchObject({ state: 'not-asked-yet' });
  });

  test('is an account that Stripe rejected, since when, until it is taken back or closed', async () => {
    const own = await startApi();
    const id: SellerId = await own.makeSeller({ status: 'active' });
    await own.post(`/v1/sellers/${id}/earnings`, { amount: 70_00, currency: 'eur' });
    const read = (payouts: string) =>
      recordAccountRead(own.db, id, {
        askedAt: new Date().toISOString(),
        transfers: payouts,
        payouts,
        bankCoolingHours: 0,
      });
    await read('rejected');
    const [first] = (await attention(own)).data;
    expect(first).toMatchObject({
      kind: 'seller',
      id,
      reason: 'account-rejected',
      explanation: expect.stringContaining('money at the platform stays there'),
      atStake: [{ amount: 70_00, currency: 'eur' }],
      commands: [{ path: `/v1/sellers/${id}/close` }],
    });
    await read('rejected');
    expect((await attention(own)).data).toMatchObject([{ since: first?.since }]);
    const asked = { command: 'retry', filter: { reason: 'account-rejected' } };
    const preview = await own.post('/v1/attention/preview', asked);
    expect(preview.body).toMatchObject({
      applies: { count: 0 },
      doesNotApply: { first: [{ id, why: 'not-offered' }] },
    });
    await read('active');
    expect((await attention(own)).data).toEqual([]);
  });

  test('is also what is wrong around the engine', async () => {
    const own = await startApi();
    const check = { name: 'platform-payouts-manual', remedy: 'Set the schedule to manual.' };
    await recordCheck(own.db, { ...check, passed: false });
    await recordCheck(own.db, { name: 'other', remedy: 'None.', passed: true });
    expect(await attention(own)).toMatchObject({ data: [], failedChecks: [check] });
  });

  test('comes oldest first and each once, however small the pages', async () => {
    const own = await startApi();
    const made: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      made.push(await parkedSeller(own, 'account-refused'));
      made.push(await payoutStages(own).parkUnknown('transfer'));
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await attention(own, `?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.data.map(({ id }) => id));
      expect(page.hasMore).toBe(page.nextCursor !== null);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen.toSorted()).toEqual(made.toSorted());
    expect(new Set(seen).size).toBe(made.length);
  });

  test.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'cursor=abc',
    'cursor=',
    'cursor=MjAyNi0wMi0zMFQwMDowMDowMC4wMDBaIHBheW91dF8wMDAwMDAwMDAwMDAwMDAwMDAwMA', // the 30th of February
    'cursor=MDAwMC0wMS0wMVQwMDowMDowMC4wMDBaIHBheW91dF8wMDAwMDAwMDAwMDAwMDAwMDAwMA', // a year of 0
    'kind=bank',
    'reason=x',
    'sellerId=x',
    'currency=EUR',
    'country=de',
    'before=2026-01-01',
    'parked=true',
  ])('is not told for %s', async (query) => {
    const { status, body } = await api.get(`/v1/attention?${query}`);
    const [pointer] = query.split('=');
    expect([status, body['errors']]).toMatchObject([400, [{ pointer: `/${pointer}` }]]);
  });
});

describe('a seller that stopped', () => {
  test('goes on when told, is woken, and is gone from the queue', async () => {
    const id = await parkedSeller(api, 'account-refused');
    const done = await api.post(`/v1/sellers/${id}/retry`, {});
    expect([done.status, done.body['parked']]).toEqual([200, null]);
    expect(await api.wakeUps()).toContainEqual({
      workflow_id: `seller/${id}`,
      topics: ['account'],
    });
    expect((await attention(api)).data.map((item) => item.id)).not.toContain(id);
    const again = await api.post(`/v1/sellers/${id}/retry`, {});
    expect([again.status, again.body['type']]).toEqual([409, '/problems/seller-not-parked']);
  });

  test('because of an unknown outcome takes over the account that a person found', async () => {
    const id = await parkedSeller(api, 'account-outcome-unknown');
    const path = `/v1/sellers/${id}/confirm-account-created`;
    const { status, body } = await api.post(path, { stripeAccount: 'acct_found1' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ stripeAccount: 'acct_found1', parked: null });
    const attempt = { state: 'succeeded', stripe_id: 'acct_found1' };
    expect(await attemptsOf(id)).toMatchObject([attempt]);
  });

  test('because of an unknown outcome asks anew when a person found none', async () => {
    const sandbox = await startStripeSide();
    const own = await startApi({ stripeAt: sandbox.url });
    const id = await parkedSeller(own, 'account-outcome-unknown');
    const path = `/v1/sellers/${id}/confirm-account-not-created`;
    await sandbox.account();
    const { body } = await own.post(path, {});
    await sandbox.close();
    expect(body).toMatchObject({ stripeAccount: null, parked: null });
    const attempt = { state: 'refused', refusal: 'confirmed-not-sent' };
    expect(await attemptsOf(id, own)).toMatchObject([attempt]);
  });

  test('keeps its doubt when Stripe has the account, or cannot be asked', async () => {
    const sandbox = await startStripeSide();
    const own = await startApi({ stripeAt: sandbox.url });
    const id = await parkedSeller(own, 'account-outcome-unknown');
    const path = `/v1/sellers/${id}/confirm-account-not-created`;
    const account = await sandbox.account(id);
    const found = await own.post(path, {});
    expect([found.status, found.body['type']]).toEqual([409, '/problems/found-at-stripe']);
    expect(found.body['detail']).toContain(account);
    await sandbox.close();
    const unasked = await own.post(path, {});
    expect([unasked.status, unasked.body['type']]).toEqual([503, '/problems/stripe-unavailable']);
    expect(await attemptsOf(id, own)).toMatchObject([{ state: 'unknown' }]);
  });

  test('takes no decision that its reason does not ask for, and nobody else’s account', async () => {
    const unknown = await parkedSeller(api, 'account-outcome-unknown');
    const refused = await parkedSeller(api, 'account-refused');
    await api.makeSeller({ status: 'active', account: 'acct_taken1' });
    const not = '/problems/seller-not-parked';
    for (const [id, name, body, type] of [
      [unknown, 'retry', {}, not],
      [refused, 'confirm-account-created', { stripeAccount: 'acct_1' }, not],
      [refused, 'confirm-account-not-created', {}, not],
      ['sel_00000000000000000000', 'retry', {}, '/problems/unknown-seller'],
      [unknown, 'confirm-account-created', {}, '/problems/invalid-request'],
      [unknown, 'confirm-account-created', { stripeAccount: 'tr_1' }, '/problems/invalid-request'],
      [
        unknown,
        'confirm-account-created',
        { stripeAccount: 'acct_taken1' },
        '/problems/invalid-request',
      ],
      [refused, 'retry', { why: 'so' }, '/problems/invalid-request'],
    ] as const) {
      const answered = await api.post(`/v1/sellers/${id}/${name}`, body);
      expect([name, body, answered.body['type']]).toEqual([name, body, type]);
    }
    expect((await attention(api, '?limit=100')).data.map(({ id }) => id)).toEqual(
      expect.arrayContaining([unknown, refused]),
    );
  });
});

function attemptsOf(id: SellerId, { db } = api) {
  return db.selectFrom('attempts').selectAll().where('object_id', '=', id).execute();
}
