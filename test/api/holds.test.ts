import { beforeAll, describe, expect, test } from 'vitest';
import { reservePayout } from '../../db/payouts/reservation.ts';
import { payoutStages } from '../build/payout-stages.ts';
import { startApi, type TestApi } from './harness.ts';

let api: TestApi;
let stages: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  api = await startApi();
  stages = payoutStages(api);
});

const place = (sellerId: string, body: object) => api.post(`/v1/sellers/${sellerId}/holds`, body);
const release = (id: unknown) => api.post(`/v1/holds/${String(id)}/release`, { reason: 'fine' });
const kindOf = ({ status, body }: { status: number; body: Record<string, unknown> }) => [
  status,
  String(body['type']).replace('/problems/', ''),
];

describe('a hold', () => {
  test('is placed, listed and released, each time by a key', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const placed = await place(sellerId, { reason: 'why', currency: 'eur', amount: 10_00 });
    expect([placed.status, placed.body]).toMatchObject([
      201,
      { state: 'active', source: 'operator', amount: { amount: 10_00 }, releaseRule: 'manual' },
    ]);
    expect(placed.body['forSeller']).toMatch(/^Some or all of your money is on hold for a check/);
    expect(placed.body['placedBy']).toMatch(/^key_/);
    const listed = async (query: string) =>
      (await stages.listOf(`/v1/holds?sellerId=${sellerId}&${query}`)).map(({ id }) => id);
    expect(await listed('active=true')).toEqual([placed.body['id']]);
    expect(await listed('source=risk')).toEqual([]);
    const released = await release(placed.body['id']);
    expect([released.status, released.body]).toMatchObject([
      200,
      { state: 'released', releaseReason: 'fine', forSeller: null },
    ]);
    expect(await listed('active=true')).toEqual([]);
    expect(await listed('active=false')).toEqual([placed.body['id']]);
    expect(kindOf(await release(placed.body['id']))).toEqual([409, 'hold-not-active']);
  });

  test('has a reason code that its event names, and only people’s codes are accepted', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const placed = await place(sellerId, { reason: 'Bob is Eve', reasonCode: 'fraud-suspected' });
    expect(placed.body).toMatchObject({ reasonCode: 'fraud-suspected', reason: 'Bob is Eve' });
    expect((await place(sellerId, { reason: 'why' })).body['reasonCode']).toBe('other');
    const read = () => stages.listOf(`/v1/events?objectId=${String(placed.body['id'])}`);
    // An event is listed once no older transaction is open.
    await expect
      .poll(read)
      .toMatchObject([{ type: 'hold.placed', data: { reason: 'fraud-suspected' } }]);
    expect(JSON.stringify(await read())).not.toContain('Bob');
    for (const reasonCode of ['unknown-payout', 'Bob is Eve']) {
      const refused = await place(sellerId, { reason: 'why', reasonCode });
      expect(kindOf(refused)).toEqual([400, 'invalid-request']);
    }
  });

  test('lowers what is payable, and its release gives that back', async () => {
    const { sellerId } = await stages.orderPayout();
    const payable = async () =>
      (await stages.listOf(`/v1/sellers/${sellerId}/balances`))[0]?.['payable'];
    const { body } = await place(sellerId, { reason: 'why', currency: 'eur', amount: 40_00 });
    expect(await payable()).toEqual({ amount: 60_00, currency: 'eur' });
    await release(body['id']);
    expect(await payable()).toEqual({ amount: 100_00, currency: 'eur' });
  });

  test('has run out when its time has come', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const expiresAt = new Date(Date.now() + 5000).toISOString();
    const { body } = await place(sellerId, { reason: 'why', expiresAt });
    expect(body).toMatchObject({ releaseRule: 'expiry', expiresAt });
    const state = async () => (await stages.listOf(`/v1/sellers/${sellerId}/holds`))[0]?.['state'];
    await expect.poll(state, { timeout: 30_000 }).toBe('expired');
    expect(kindOf(await release(body['id']))).toEqual([409, 'hold-not-active']);
  });

  test('is listed page by page, newest first', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const placed: unknown[] = [];
    for (let at = 0; at < 3; at += 1) {
      placed.unshift((await place(sellerId, { reason: 'why' })).body['id']);
    }
    const first = (await api.get(`/v1/sellers/${sellerId}/holds?limit=2`)).body;
    const rest = await api.get(
      `/v1/sellers/${sellerId}/holds?limit=2&cursor=${String(first['nextCursor'])}`,
    );
    const ids = [first, rest.body].flatMap(({ data }) =>
      (data as { id: string }[]).map((one) => one.id),
    );
    expect(ids).toEqual(placed);
  });

  test.each([
    ['without a reason', {}, '/reason'],
    ['of an amount in no currency', { reason: 'why', amount: 1 }, '/currency'],
    ['of nothing', { reason: 'why', currency: 'eur', amount: 0 }, '/amount'],
    ['from nobody', { reason: 'why', source: 'weather' }, '/source'],
    ['that has run out', { reason: 'why', expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
  ])('%s is refused by the field', async (_what, body, pointer) => {
    const refused = await place(await api.makeSeller({ status: 'active' }), body);
    expect([refused.status, refused.body['errors']]).toMatchObject([400, [{ pointer }]]);
  });

  test('on a closed seller, or that there is not, is refused', async () => {
    const closed = await api.makeSeller({ status: 'closed' });
    expect(kindOf(await place(closed, { reason: 'why' }))).toEqual([409, 'seller-closed']);
    const nobody = `sel_${'0'.repeat(20)}`;
    expect(kindOf(await place(nobody, { reason: 'why' }))).toEqual([404, 'unknown-seller']);
    expect(kindOf(await release(`hold_${'0'.repeat(20)}`))).toEqual([404, 'unknown-hold']);
  });
});

describe('a seller', () => {
  const order = (sellerId: string, name: string, options = {}) =>
    api.post(`/v1/sellers/${sellerId}/${name}`, { reason: 'why' }, options);

  test('is paused once, shown as paused, and resumed', async () => {
    const { sellerId, payoutId } = await stages.orderPayout();
    const paused = (await order(sellerId, 'pause')).body;
    expect(paused).toMatchObject({ status: 'active', pauses: [{ reason: 'why' }] });
    const again = (await order(sellerId, 'pause')).body;
    expect(again['pauseId']).toBe(paused['pauseId']);
    expect(await stages.show(payoutId)).toMatchObject({ waiting: { for: 'seller-paused' } });
    expect((await order(sellerId, 'resume')).body).toMatchObject({ pauses: [] });
    expect(await stages.show(payoutId)).toMatchObject({ waiting: { for: 'start' } });
  });

  test('is not closed while something is open, and the answer names all of it', async () => {
    const { sellerId, payoutId } = await stages.orderPayout();
    const refused = await order(sellerId, 'close');
    expect(kindOf(refused)).toEqual([409, 'seller-not-settled']);
    expect(refused.body['open']).toEqual({
      money: [{ place: 'platform', currency: 'eur', amount: 100_00 }],
      payouts: [payoutId],
      watches: [],
      holds: [],
      earnings: [expect.stringMatching(/^earn_/)],
    });
  });

  test('that is closed takes no order, no earning and no pause until it is reopened', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    expect((await order(sellerId, 'close')).body).toMatchObject({
      status: 'closed',
      closed: { reason: 'why' },
    });
    const earning = { amount: 1, currency: 'eur' };
    for (const refused of [
      await order(sellerId, 'pause'),
      await api.post(`/v1/sellers/${sellerId}/earnings`, earning),
      await api.post(`/v1/sellers/${sellerId}/payouts`, {}),
    ]) {
      expect(kindOf(refused)).toEqual([409, 'seller-closed']);
    }
    const reopened = await order(sellerId, 'reopen');
    expect(reopened.body).toMatchObject({ status: 'onboarding', closed: null });
    expect((await api.post(`/v1/sellers/${sellerId}/earnings`, earning)).status).toBe(201);
  });

  test('is closed or gets an order at the same moment, never both', async () => {
    for (let round = 0; round < 20; round += 1) {
      const sellerId = await api.makeSeller({ status: 'active' });
      const [closed, ordered] = await Promise.all([
        order(sellerId, 'close'),
        api.post(`/v1/sellers/${sellerId}/payouts`, {}),
      ]);
      const isClosed = closed.status === 200;
      expect([closed.status, ordered.status]).toEqual(isClosed ? [200, 409] : [409, 202]);
    }
  });

  test.each(['pause', 'resume', 'close', 'reopen'])(
    'is not asked to %s by a reader',
    async (name) => {
      const sellerId = await api.makeSeller({ status: 'active' });
      expect((await order(sellerId, name, { as: 'read' })).status).toBe(403);
    },
  );
});

describe('a payout', () => {
  const cancel = (payoutId: string) => api.post(`/v1/payouts/${payoutId}/cancel`, {});

  test('is called off before Stripe has it, and its timeline says by whom', async () => {
    const { payoutId } = await stages.orderPayout();
    await reservePayout(api.db, payoutId);
    const canceled = await cancel(payoutId);
    expect([canceled.status, canceled.body]).toMatchObject([
      200,
      { status: 'canceled', cancellation: { state: 'canceled' } },
    ]);
    const timeline = await stages.listOf(`/v1/payouts/${payoutId}/timeline`);
    expect(timeline.map(({ text }) => text)).toContain('Cancellation ordered by shop');
    expect((await cancel(payoutId)).status).toBe(200);
  });

  test('keeps its cancellation while a request about it has no answer', async () => {
    const payoutId = await stages.parkUnknown('transfer');
    const { status, body } = await cancel(payoutId);
    expect([status, body]).toMatchObject([
      200,
      { status: 'reserved', cancellation: { state: 'outcome-open', stripeCode: null } },
    ]);
    expect((body['cancellation'] as { explanation: string }).explanation).toMatch(
      /Nothing more is sent\. .*a person must say whether Stripe made it/,
    );
    const again = await cancel(payoutId);
    expect([again.status, again.body['cancellation']]).toEqual([200, body['cancellation']]);
    expect(kindOf(await cancel(`payout_${'0'.repeat(20)}`))).toEqual([404, 'unknown-payout']);
  });
});
