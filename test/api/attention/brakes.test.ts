import { beforeEach, describe, expect, test } from 'vitest';
import { stopMoney } from '../../../db/money-stops/orders.ts';
import { attention, attentionStage } from '../../build/attention-stage.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
});

describe('what waits for a person', () => {
  test('is each open pause of a seller, with the request that lifts it', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    await api.patch(`/v1/sellers/${sellerId}`, { externalId: 'shop-7', displayName: 'Ada’s' });
    await api.post(`/v1/sellers/${sellerId}/earnings`, { amount: 70_00, currency: 'eur' });
    const paused = await api.post(`/v1/sellers/${sellerId}/pause`, { reason: 'odd logins' });
    await api.post(`/v1/sellers/${sellerId}/pause`, { reason: 'second look' });
    const { data } = await attention(api);
    const { pauseId } = paused.body;
    expect(data).toHaveLength(2);
    expect(data.find(({ id }) => id === pauseId)).toMatchObject({
      kind: 'pause',
      reason: 'seller-paused',
      sellerId,
      seller: { externalId: 'shop-7', displayName: 'Ada’s' },
      since: expect.stringMatching(/Z$/),
      explanation: expect.stringContaining('paused the seller: odd logins'),
      actor: 'operator',
      atStake: [{ amount: 70_00, currency: 'eur' }],
      explain: `/v1/sellers/${sellerId}/explain`,
    });
    for (const { commands } of data) {
      const [lift] = commands;
      expect(lift?.path).toBe(`/v1/sellers/${sellerId}/resume`);
      expect((await api.post(lift?.path ?? '', lift?.body)).status).toBe(200);
    }
    expect((await attention(api)).data).toEqual([]);
  });

  test('is each open stop of all money, with the request that lifts it', async () => {
    const stopped = await api.post('/v1/operations/stop-money', { reason: 'fraud wave' });
    await api.db
      .transaction()
      .execute((tx) =>
        stopMoney(tx, { cause: 'right-to-send-lost', reason: 'Another engine', by: 'engine' }),
      );
    const { data } = await attention(api);
    expect(data).toMatchObject([
      {
        kind: 'stop',
        id: stopped.body['stopId'],
        reason: 'money-stopped',
        explanation: expect.stringMatching(/^All money is stopped: fraud wave\. Stopped with/),
        commands: [{ path: '/v1/operations/resume-money' }],
        explain: '/v1/operations',
      },
      { kind: 'stop', explanation: expect.stringContaining('Stopped by the engine') },
    ]);
    const [lift] = data[0]?.commands ?? [];
    expect((await api.post(lift?.path ?? '', lift?.body)).status).toBe(200);
    expect((await attention(api)).data).toHaveLength(1);
  });

  test('is no lifted pause, and no pause of a closed seller', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    await api.post(`/v1/sellers/${sellerId}/pause`, { reason: 'odd logins' });
    await api.post(`/v1/sellers/${sellerId}/close`, { reason: 'left' });
    expect((await attention(api)).data).toEqual([]);
  });

  test('is listed page by page with pauses and stops, and counted with them', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    await api.post('/v1/operations/stop-money', { reason: 'fraud wave' });
    await api.post(`/v1/sellers/${sellerId}/pause`, { reason: 'odd logins' });
    const first = await attention(api, '?limit=1');
    const second = await attention(api, `?limit=1&cursor=${first.nextCursor}`);
    expect([...first.data, ...second.data].map(({ kind }) => kind)).toEqual(['stop', 'pause']);
    const { body } = await api.get('/v1/attention/summary');
    expect(body).toMatchObject({ count: 2, groups: [{ kind: 'stop' }, { kind: 'pause' }] });
    expect((await attention(api, '?kind=pause')).data).toHaveLength(1);
  });

  test('is a pause that a list lifts for whoever ordered it', async () => {
    const stage = attentionStage(api);
    const sellerId = await api.makeSeller({ status: 'active' });
    await api.post(`/v1/sellers/${sellerId}/pause`, { reason: 'odd logins' });
    const { token, applies } = await stage.preview('resume-seller', { kind: 'pause' }, 'fine');
    expect(applies.count).toBe(1);
    expect((await stage.run(token)).list).toMatchObject({ done: 1 });
    expect((await attention(api)).data).toEqual([]);
  });
});

test('a discrepancy whose sides agree again offers only the closing that is obeyed', async () => {
  const { difference } = attentionStage(api);
  await difference('transfer-not-ordered');
  const [open] = (await attention(api)).data;
  expect(open?.commands.map(({ body }) => body['outcome'])).toEqual(['owed', 'not-owed']);
  await api.db.updateTable('discrepancies').set({ agrees_since: '2026-11-27T09:00:00Z' }).execute();
  const { data } = await attention(api, '?kind=discrepancy');
  const close = data[0]?.commands.find(({ path }) => path.endsWith('/close'));
  expect(close?.body).toEqual({ reason: '...' });
  expect((await api.post(close?.path ?? '', close?.body)).status).toBe(200);
});
