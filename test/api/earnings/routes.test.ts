import { beforeAll, describe, expect, test } from 'vitest';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { recordCharge } from '../../../db/reconciliation/charges/coverage.ts';
import { recordMovements } from '../../../db/reconciliation/movements.ts';
import type { EarningId, PayoutId } from '../../../domain/ids.ts';
import { aCharge, aMovement } from '../../build/movement.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const earningsOf = (id: string) => `/v1/sellers/${id}/earnings`;

describe('an earning', () => {
  test('without a charge or a date is payable at once', async () => {
    const id = await api.makeSeller();
    const { status, body } = await api.post(earningsOf(id), { amount: 12_34, currency: 'eur' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ sellerId: id, amount: 12_34, currency: 'eur', allocated: 0 });
    expect(body['availableOn']).toBe(body['createdAt']);
  });

  test('with a charge waits for what the charge says', async () => {
    const id = await api.makeSeller();
    const asked = { amount: 12_34, currency: 'eur', charge: 'ch_3Nabc' };
    expect((await api.post(earningsOf(id), asked)).body).toMatchObject({
      charge: 'ch_3Nabc',
      availableOn: null,
    });
  });

  test('with a date is payable from then, wherever the date was written', async () => {
    const id = await api.makeSeller();
    const asked = { amount: 1, currency: 'eur', availableOn: '2026-12-24T18:00:00+01:00' };
    expect((await api.post(earningsOf(id), asked)).body['availableOn']).toBe(
      '2026-12-24T17:00:00.000Z',
    );
  });

  test('moves money in the ledger once, and wakes nobody', async () => {
    const id = await api.makeSeller();
    const before = api.woken.times;
    await api.post(earningsOf(id), { amount: 12_34, currency: 'eur' });
    const entries = await api.db
      .selectFrom('ledger_entries')
      .select(['kind', 'from_place', 'to_place', 'amount'])
      .where('seller_id', '=', id)
      .execute();
    expect(entries).toEqual([
      { kind: 'earning', from_place: 'owed', to_place: 'platform', amount: 12_34 },
    ]);
    expect(await api.wakeUps()).toEqual([]);
    expect(api.woken.times).toBe(before);
  });

  test('may be as large as the engine takes, and as small as one', async () => {
    const id = await api.makeSeller();
    for (const amount of [1, 999_999_999_999]) {
      expect((await api.post(earningsOf(id), { amount, currency: 'jpy' })).status).toBe(201);
    }
  });

  test('that brings the sum beyond whole numbers is refused and moves nothing', async () => {
    const id = await api.makeSeller();
    const largest = 999_999_999_999;
    await api.db
      .insertInto('balances')
      .values([
        { seller_id: id, currency: 'eur', place: 'owed', amount: -Number.MAX_SAFE_INTEGER },
        { seller_id: id, currency: 'eur', place: 'platform', amount: Number.MAX_SAFE_INTEGER },
      ])
      .execute();
    const { status, body } = await api.post(earningsOf(id), { amount: largest, currency: 'eur' });
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ pointer: '/amount' }]);
    expect((await api.get(earningsOf(id))).body['data']).toEqual([]);
  });

  test('of a closed seller is refused', async () => {
    const id = await api.makeSeller({ status: 'closed' });
    const { status, body } = await api.post(earningsOf(id), { amount: 1, currency: 'eur' });
    expect([status, body['type']]).toEqual([409, '/problems/seller-closed']);
  });
});

describe('an externalId', () => {
  test.each([
    ['at once', {}],
    ['from a date', { availableOn: '2027-01-01T00:00:00Z' }],
    ['with a charge', { charge: 'py_1' }],
    ['with a description', { description: 'A lamp' }],
  ])('sent again for what is payable %s is the earning that stands', async (_when, change) => {
    const id = await api.makeSeller();
    const asked = { externalId: 'order-1', amount: 5_00, currency: 'eur', ...change };
    const first = await api.post(earningsOf(id), asked);
    const second = await api.post(earningsOf(id), asked);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    const { body } = await api.get(`/v1/sellers/${id}/balances`);
    expect(body['data']).toMatchObject([{ places: { owed: -5_00 } }]);
  });

  test('of a charge is still the same earning when the charge said its date', async () => {
    const id = await api.makeSeller();
    const asked = { externalId: 'order-1', amount: 5_00, currency: 'eur', charge: 'ch_1' };
    await api.post(earningsOf(id), asked);
    const date = '2026-12-01T00:00:00.000Z';
    await api.db
      .updateTable('earnings')
      .set({ available_on: date })
      .where('seller_id', '=', id)
      .execute();
    const { status, body } = await api.post(earningsOf(id), asked);
    expect([status, body['availableOn']]).toEqual([200, date]);
  });

  test.each([
    ['amount', { amount: 5_01 }],
    ['currency', { currency: 'usd' }],
    ['charge', { charge: 'ch_2' }],
    ['date', { availableOn: '2027-01-01T00:00:00Z' }],
    ['description', { description: 'A lamp' }],
  ])('sent with another %s is refused and owes nothing more', async (_field, change) => {
    const id = await api.makeSeller();
    const asked = { externalId: 'order-1', amount: 5_00, currency: 'eur' };
    await api.post(earningsOf(id), asked);
    const { status, body } = await api.post(earningsOf(id), { ...asked, ...change });
    expect([status, body['type']]).toEqual([409, '/problems/external-id-taken']);
    const balances = (await api.get(`/v1/sellers/${id}/balances`)).body['data'];
    expect(balances).toMatchObject([{ currency: 'eur', places: { owed: -5_00 } }]);
  });

  test('names one earning for each seller', async () => {
    const asked = { externalId: 'order-1', amount: 5_00, currency: 'eur' };
    for (const id of [await api.makeSeller(), await api.makeSeller()]) {
      expect((await api.post(earningsOf(id), asked)).status).toBe(201);
    }
  });

  test('sent fifty times at once owes the seller once', async () => {
    const id = await api.makeSeller();
    const asked = { externalId: 'order-1', amount: 5_00, currency: 'eur' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => api.post(earningsOf(id), asked)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(49);
    const { body } = await api.get(`/v1/sellers/${id}/balances`);
    expect(body['data']).toMatchObject([{ payable: { amount: 5_00 } }]);
  });
});

describe('a batch of earnings', () => {
  const batchOf = (id: string) => `${earningsOf(id)}/batch`;
  const order = (number: number) => ({ externalId: `o-${number}`, amount: 1_00, currency: 'eur' });

  test('is owed as a whole, in the order asked', async () => {
    const id = await api.makeSeller();
    const earnings = Array.from({ length: 1000 }, (_, index) => order(index));
    const { status, body } = await api.post(batchOf(id), { earnings });
    expect(status).toBe(200);
    const data = body['data'] as { externalId: string; isNew: boolean }[];
    expect(data.map(({ externalId }) => externalId)).toEqual(
      earnings.map(({ externalId }) => externalId),
    );
    const balances = (await api.get(`/v1/sellers/${id}/balances`)).body['data'];
    expect(balances).toMatchObject([{ payable: { amount: 1000_00 } }]);
  });

  test('owes only what did not stand before', async () => {
    const id = await api.makeSeller();
    await api.post(earningsOf(id), order(1));
    const earnings = [order(0), order(1), { amount: 1_00, currency: 'eur' }];
    const { body } = await api.post(batchOf(id), { earnings });
    expect(body['data']).toMatchObject([{ isNew: true }, { isNew: false }, { isNew: true }]);
    const balances = (await api.get(`/v1/sellers/${id}/balances`)).body['data'];
    expect(balances).toMatchObject([{ payable: { amount: 3_00 } }]);
  });

  test.each([
    ['one that breaks a rule', { amount: 0, currency: 'eur' }, 400, '/earnings/1/amount'],
    ['an externalId of another earning', { ...order(9), amount: 5 }, 409, '/earnings/1/externalId'],
    ['one externalId twice', order(0), 400, '/earnings'],
  ])('with %s owes nothing', async (_what, second, status, pointer) => {
    const id = await api.makeSeller();
    await api.post(earningsOf(id), order(9));
    const refused = await api.post(batchOf(id), { earnings: [order(0), second] });
    expect(refused.status).toBe(status);
    expect(refused.body['errors']).toMatchObject([{ pointer }]);
    expect((await api.get(earningsOf(id))).body['data']).toHaveLength(1);
  });

  test.each([
    ['none', 0],
    ['more than a thousand', 1001],
  ])('of %s is refused', async (_what, length) => {
    const id = await api.makeSeller();
    const earnings = Array.from({ length }, (_, index) => order(index));
    expect((await api.post(batchOf(id), { earnings })).status).toBe(400);
  });
});

describe('an earning whose charge paid the seller by itself', () => {
  /** A seller whose account received the money of the charge `ch_direct`. */
  async function paidByCharge() {
    const id = await api.makeSeller({ status: 'active' });
    const line = aMovement('charge', 75_00, { id: `txn_${id}`, source: 'ch_direct' });
    const readAt = line.createdAt;
    await recordMovements(api.db, id, { lines: [line], readAt });
    return id;
  }
  const asked = { externalId: 'o-1', amount: 75_00, currency: 'eur', charge: 'ch_direct' };

  test('is held, and the answer says so, also when it is sent again', async () => {
    const id = await paidByCharge();
    const first = await api.post(earningsOf(id), asked);
    expect([first.status, first.body['held']]).toEqual([201, 75_00]);
    const again = await api.post(earningsOf(id), asked);
    expect([again.status, again.body['held']]).toEqual([200, 75_00]);
    const holds = (await api.get(`/v1/sellers/${id}/holds`)).body['data'];
    const { id: earningId } = first.body;
    expect(holds).toMatchObject([{ earningId, source: 'system', amount: { amount: 75_00 } }]);
  });

  test('is held alone, if it comes in a batch', async () => {
    const id = await paidByCharge();
    const earnings = [asked, { amount: 5_00, currency: 'eur' }];
    const { body } = await api.post(`${earningsOf(id)}/batch`, { earnings });
    expect(body['data']).toMatchObject([{ held: 75_00 }, { held: 0 }]);
  });

  test('is explained, and waits for a person with the amount at stake', async () => {
    const id = await paidByCharge();
    await api.post(earningsOf(id), asked);
    const { body } = await api.get(`/v1/sellers/${id}/explain`);
    const held = (body['waits'] as { for: string; reason: string }[]).find(
      (wait) => wait.for === 'hold',
    );
    expect(held?.reason).toBe(
      '75.00 EUR is held (system): Charge ch_direct pays the seller by itself. The charge covers nothing of the 75.00 EUR that the earning promises',
    );
    const attention = await api.get(`/v1/attention?sellerId=${id}`);
    expect(attention.body['data']).toMatchObject([
      { reason: 'charge-pays-seller', atStake: [{ amount: 75_00, currency: 'eur' }] },
    ]);
  });

  test('leaves a payout that was not sent, which says so', async () => {
    const id = await api.makeSeller({ status: 'active' });
    const charge = 'ch_later';
    const { body: earning } = await api.post(earningsOf(id), { ...asked, charge });
    await recordCharge(api.db, {
      earningId: earning['id'] as EarningId,
      charge: aCharge({ id: charge }),
      availableOn: '2026-11-01T00:00:00.000Z',
    });
    const { body: payout } = await api.post(`/v1/sellers/${id}/payouts`, {});
    await reservePayout(api.db, payout['id'] as PayoutId);
    const line = aMovement('charge', 75_00, { id: `txn_${id}`, source: charge });
    await recordMovements(api.db, id, { lines: [line], readAt: line.createdAt });
    const { body } = await api.get(`/v1/payouts/${String(payout['id'])}`);
    expect(body).toMatchObject({
      status: 'canceled',
      cancellation: {
        orderedBy: 'engine',
        explanation:
          'The payout was canceled: the charge of an earning paid the seller by itself, and another payout pays the rest; the money is payable at the platform, because it was not transferred',
      },
    });
  });

  test('of another seller is not held', async () => {
    await paidByCharge();
    const id = await api.makeSeller({ status: 'active' });
    expect((await api.post(earningsOf(id), asked)).body['held']).toBe(0);
  });
});

test('earnings are listed newest first, by pages, and by externalId', async () => {
  const id = await api.makeSeller();
  for (const externalId of ['a', 'b', 'c']) {
    await api.post(earningsOf(id), { externalId, amount: 1, currency: 'eur' });
  }
  const namesIn = (page: Record<string, unknown>) =>
    (page['data'] as { externalId: string }[]).map(({ externalId }) => externalId);
  const first = await api.get(`${earningsOf(id)}?limit=2`);
  expect(namesIn(first.body)).toEqual(['c', 'b']);
  const second = await api.get(
    `${earningsOf(id)}?limit=2&cursor=${String(first.body['nextCursor'])}`,
  );
  expect(namesIn(second.body)).toEqual(['a']);
  expect(second.body).toMatchObject({ hasMore: false, nextCursor: null });
  expect(namesIn((await api.get(`${earningsOf(id)}?externalId=b`)).body)).toEqual(['b']);
});
