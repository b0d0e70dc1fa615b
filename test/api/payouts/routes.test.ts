import { beforeAll, describe, expect, test } from 'vitest';

import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout, recordPayoutStarted } from '../../../db/payouts/rows.ts';
import { parkPayout, recordPaid, recordSent } from '../../../db/payouts/steps.ts';
import { recordRefused } from '../../../db/stripe/answers.ts';
import type { PayoutId } from '../../../domain/ids.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
let stages: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  api = await startApi();
  stages = payoutStages(api);
});

describe('an ordered payout', () => {
  test('is requested, wakes the seller’s workflow, and sets nothing aside yet', async () => {
    const { sellerId, payoutId, ordered } = await stages.orderPayout({ amount: 40_00 });
    expect(ordered.status).toBe(202);
    expect(ordered.body).toMatchObject({
      id: expect.stringMatching(/^payout_[0-9a-z]{20}$/),
      sellerId,
      status: 'requested',
      currency: 'eur',
      requested: { amount: 40_00, currency: 'eur' },
      total: { amount: 0, currency: 'eur' },
      waiting: { for: 'start', reason: expect.any(String), lookAgainAt: null },
      parked: null,
      orderedBy: expect.stringMatching(/^key_/),
    });
    expect(await api.wakeUps()).toContainEqual({
      workflow_id: `seller/${sellerId}`,
      topics: ['payouts'],
    });
    expect(await stages.show(payoutId)).toEqual(ordered.body);
  });

  test('without an amount asks for all, in the seller’s currency unless it names one', async () => {
    const { ordered, sellerId } = await stages.orderPayout();
    expect(ordered.body).toMatchObject({ requested: null, currency: 'eur' });
    const other = await api.post(`/v1/sellers/${sellerId}/payouts`, { currency: 'usd' });
    expect(other.body).toMatchObject({ currency: 'usd' });
  });

  test('that cannot be written wakes nobody', async () => {
    const sellerId = await api.makeSeller({ status: 'closed' });
    const { status, body } = await api.post(`/v1/sellers/${sellerId}/payouts`, {});
    expect([status, body['type']]).toEqual([409, '/problems/seller-closed']);
    expect(await api.wakeUps()).toEqual([]);
    expect(await stages.listOf(`/v1/sellers/${sellerId}/payouts`)).toEqual([]);
  });

  test('sent ten times at once under one key is one payout', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const path = `/v1/sellers/${sellerId}/payouts`;
    await Promise.all(
      Array.from({ length: 10 }, () => api.post(path, {}, { key: `k-${sellerId}` })),
    );
    expect(await stages.listOf(path)).toHaveLength(1);
  });
});

describe('payouts are listed', () => {
  test('newest first, by status, by seller and by whether a person must act', async () => {
    const own = await startApi();
    const first = await own.makeSeller({ status: 'active' });
    const second = await own.makeSeller({ status: 'active' });
    const ids: PayoutId[] = [];
    for (const seller of [first, first, second]) {
      ids.push((await own.post(`/v1/sellers/${seller}/payouts`, {})).body['id'] as PayoutId);
    }
    const [a, b, c] = ids as [PayoutId, PayoutId, PayoutId];
    await parkPayout(own.db, await readPayout(own.db, b), 'refused-by-stripe');
    await own.db.updateTable('payouts').set({ status: 'skipped' }).where('id', '=', a).execute();
    const idsAt = async (query: string) =>
      ((await own.get(`/v1/payouts?${query}`)).body['data'] as { id: string }[]).map(
        ({ id }) => id,
      );
    expect(await idsAt('')).toEqual([c, b, a]);
    expect(await idsAt('status=requested')).toEqual([c, b]);
    expect(await idsAt(`sellerId=${first}`)).toEqual([b, a]);
    expect(await idsAt('parked=true')).toEqual([b]);
    expect(await idsAt('parked=false')).toEqual([c, a]);
    expect(await idsAt(`sellerId=${first}&status=requested&parked=false`)).toEqual([]);
    const page = (await own.get('/v1/payouts?limit=2')).body;
    expect(await idsAt(`limit=2&cursor=${page['nextCursor'] as string}`)).toEqual([a]);
    const ofSeller = await own.get(`/v1/sellers/${first}/payouts?status=skipped`);
    expect(ofSeller.body).toMatchObject({ data: [{ id: a }], hasMore: false, nextCursor: null });
  });

  test('by currency and by when they were ordered', async () => {
    const own = await startApi();
    const seller = await own.makeSeller({ status: 'active' });
    const order = async (currency: string, day: number) => {
      const { body } = await own.post(`/v1/sellers/${seller}/payouts`, { currency });
      const created_at = `2026-11-2${day}T12:00:00Z`;
      const id = body['id'] as PayoutId;
      await own.db.updateTable('payouts').set({ created_at }).where('id', '=', id).execute();
      return id;
    };
    const a = await order('eur', 1);
    const b = await order('usd', 2);
    const c = await order('eur', 3);
    const list = async (path: string) => (await payoutStages(own).listOf(path)).map(({ id }) => id);
    for (const path of ['/v1/payouts', `/v1/sellers/${seller}/payouts`]) {
      expect(await list(`${path}?currency=eur`)).toEqual([c, a]);
      expect(await list(`${path}?createdFrom=2026-11-22T12:00:00Z`)).toEqual([c, b]);
      expect(await list(`${path}?createdBefore=2026-11-22T13:00:00%2B01:00`)).toEqual([a]);
      expect(await list(`${path}?createdBefore=2026-11-23T03:00:01%2B15:00`)).toEqual([b, a]);
      expect(await list(`${path}?createdBefore=2026-11-23T04:00:00.1234567%2B16:00`)).toEqual([
        b,
        a,
      ]);
      const days = 'createdFrom=2026-11-21T00:00:00Z&createdBefore=2026-11-23T00:00:00Z';
      expect(await list(`${path}?${days}&currency=usd`)).toEqual([b]);
      const first = (await own.get(`${path}?${days}&limit=1`)).body;
      const next = String(first['nextCursor']);
      expect(await list(`${path}?${days}&limit=1&cursor=${next}`)).toEqual([a]);
    }
  });

  test.each(['currency=EUR', 'createdFrom=2026-11-22', 'createdBefore=yesterday', 'from=1'])(
    'and %s is refused',
    async (query) => {
      const { status, body } = await api.get(`/v1/payouts?${query}`);
      expect([status, body['type']]).toEqual([400, '/problems/invalid-request']);
    },
  );
});

describe('a payout on its way', () => {
  test('says where it stands, which earnings it carries, and what Stripe said', async () => {
    const { payoutId, stripePayoutId, refusal } = await carryToBank();
    expect(await stages.show(payoutId)).toMatchObject({
      status: 'paid',
      fromPlatform: { amount: 60_00 },
      fromAccount: { amount: 0 },
      total: { amount: 60_00, currency: 'eur' },
      transferId: `tr_${payoutId.slice(7)}`,
      stripePayoutId,
      waitingFor: 'late-return',
      waiting: { for: 'late-return', lookAgainAt: expect.stringMatching(/^\d{4}-.*Z$/) },
      parked: null,
    });
    expect(await stages.listOf(`/v1/payouts/${payoutId}/items`)).toMatchObject([
      { externalId: 'order-1', amount: { amount: 60_00 }, earned: { amount: 100_00 } },
    ]);
    const attempts = await stages.listOf(`/v1/payouts/${payoutId}/attempts`);
    expect(attempts).toMatchObject([
      { step: 'transfer', number: 1, state: 'refused', refusal: 'balance-insufficient', tries: 1 },
      { step: 'transfer', number: 2, state: 'succeeded', stripeId: `tr_${payoutId.slice(7)}` },
      { step: 'payout', number: 1, state: 'succeeded', stripeId: stripePayoutId },
    ]);
    expect(attempts[0]?.['error']).toEqual({
      ...refusal,
      requestId: 'req_1',
      message: '[…] has no money',
      reason: 'balance-too-low',
      explanation: expect.stringMatching(/^The balance at Stripe was too low for this amount/),
    });
    expect(JSON.stringify(attempts)).not.toMatch(/never shown|@/);
  });

  test('tells what happened, in order, with actor and amounts', async () => {
    const { payoutId } = await carryToBank();
    const timeline = await stages.listOf(`/v1/payouts/${payoutId}/timeline`);
    expect(timeline.map(({ kind }) => kind)).toEqual([
      'command',
      'started',
      'reserve',
      'asked',
      'refused',
      'asked',
      'made',
      'transfer',
      'asked',
      'made',
      'payout',
      'paid',
    ]);
    expect(timeline[0]).toMatchObject({
      text: 'Ordered by shop',
      actor: expect.stringMatching(/^key_/),
    });
    expect(timeline[2]).toMatchObject({ text: '60.00 EUR reserved', from: 'platform' });
  });

  test('that ended without moving money says why', async () => {
    const { payoutId } = await stages.orderPayout({ amount: 200_00 });
    await reservePayout(api.db, payoutId);
    expect(await stages.show(payoutId)).toMatchObject({
      status: 'skipped',
      skipReason: 'more-than-payable',
      skipped: expect.stringContaining('More was ordered than was payable'),
      waiting: null,
      overAt: expect.any(String),
    });
  });
});

/** 60 of 100 euros, refused once, then at the bank. */
async function carryToBank() {
  const { payoutId } = await stages.orderPayout({ amount: 60_00 });
  await recordPayoutStarted(api.db, payoutId);
  await reservePayout(api.db, payoutId);
  const refusal = {
    statusCode: 400,
    type: 'invalid_request_error',
    code: 'balance_insufficient',
  };
  const first = await stages.attempt(payoutId, 'transfer');
  const error = { ...refusal, requestId: 'req_1', message: 'ada@shop.example has no money' };
  await recordRefused(api.db, { key: first, refusal: 'balance-insufficient', error });
  const moved = await stages.transfer(payoutId);
  const stripePayoutId = `po_${payoutId.slice(7)}` as const;
  const key = await stages.attempt(payoutId, 'payout');
  const sent = await recordSent(api.db, {
    payout: moved,
    key,
    stripePayoutId,
    bankExpectedOn: null,
    followAt: null,
  });
  await recordPaid(api.db, { ...sent, stripePayoutId }, 10);
  return { payoutId, stripePayoutId, refusal };
}
