import { beforeAll, describe, expect, test } from 'vitest';
import type { SellerId } from '../../../domain/ids.ts';
import { until } from '../../../dev/wait.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { type Answered, startApi, type TestApi } from '../harness.ts';
import type { keys } from '../plumbing.ts';

let api: TestApi;
let stages: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  api = await startApi();
  stages = payoutStages(api);
});

type As = keyof typeof keys;
const pause = (id: SellerId, reason: string, as: As = 'admin') =>
  api.post(`/v1/sellers/${id}/pause`, { reason }, { as });
const resume = (id: SellerId, pauseId?: unknown, as: As = 'admin') =>
  api.post(`/v1/sellers/${id}/resume`, { reason: 'asked first', pauseId }, { as });
const kindOf = ({ status, body }: Answered) =>
  `${status} ${String(body['type']).replace('/problems/', '')}`;
const reasonsOf = ({ body }: Answered) =>
  (body['pauses'] as { reason: string }[]).map(({ reason }) => reason);
const read = (id: SellerId) => api.get(`/v1/sellers/${id}`);
/**
 * The events about pauses, once as many as expected are shown: nothing is under way before them.
 */
const eventsOf = (id: SellerId, expected: number) =>
  until(`${expected} events are shown`, async () => {
    const events = await stages.listOf(`/v1/events?sellerId=${id}`);
    const types = events
      .map(({ type }) => String(type))
      .filter((type) => /pause|resume/.test(type));
    return types.length >= expected ? types : undefined;
  });

/** A seller whom the back office paused because of a fraud, and the shop because of a question. */
async function pausedTwice() {
  const { sellerId, payoutId } = await stages.orderPayout();
  const fraud = (await pause(sellerId, 'fraud, do not resume', 'other')).body['pauseId'];
  const question = (await pause(sellerId, 'a question')).body['pauseId'];
  return { sellerId, payoutId, fraud, question };
}

describe('the pauses of a seller', () => {
  test('are a list: a second one leaves the first in place, each with whom to ask', async () => {
    const { sellerId, fraud, question } = await pausedTwice();
    expect((await read(sellerId)).body['pauses']).toMatchObject([
      { id: fraud, reason: 'fraud, do not resume', ask: expect.stringContaining('"back office"') },
      { id: question, reason: 'a question', pausedByName: 'shop' },
    ]);
  });

  test('are lifted one by one: a payout may start, and wakes, with the last', async () => {
    const { sellerId, payoutId, fraud, question } = await pausedTwice();
    await api.db.deleteFrom('wake_ups').execute();
    const first = await resume(sellerId, question);
    expect(first.body).toMatchObject({ liftedPauseId: question, pauses: [{ id: fraud }] });
    expect(await api.wakeUps()).toEqual([]);
    expect(await stages.show(payoutId)).toMatchObject({ waiting: { for: 'seller-paused' } });
    const last = await resume(sellerId, fraud);
    expect(last.body).toMatchObject({ liftedPauseId: fraud, pauses: [] });
    expect(await stages.show(payoutId)).toMatchObject({ waiting: { for: 'start' } });
    expect((await api.wakeUps()).map((one) => one.workflow_id).toSorted()).toEqual([
      `payout/${payoutId}`,
      `seller/${sellerId}`,
    ]);
  });

  test('are events, each with whether the seller is paused by another one', async () => {
    const { sellerId, fraud, question } = await pausedTwice();
    await resume(sellerId, fraud);
    await resume(sellerId, question);
    expect(await eventsOf(sellerId, 4)).toEqual([
      'seller.paused',
      'seller.paused',
      'seller.pause_lifted',
      'seller.resumed',
    ]);
  });

  test('are listed by the refusal of a request that names none, and none is lifted', async () => {
    const { sellerId, fraud, question } = await pausedTwice();
    const refused = await resume(sellerId);
    expect(kindOf(refused)).toBe('409 seller-pause-not-named');
    expect(refused.body).toMatchObject({
      detail: expect.stringContaining('fraud, do not resume'),
      pauses: [{ id: fraud }, { id: question }],
    });
    expect(reasonsOf(await read(sellerId))).toEqual(['fraud, do not resume', 'a question']);
  });

  test('of others are lifted only by name', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const { pauseId } = (await pause(sellerId, 'fraud', 'other')).body;
    expect(kindOf(await resume(sellerId))).toBe('409 seller-pause-not-named');
    expect((await resume(sellerId, undefined, 'other')).body['pauses']).toEqual([]);
    expect((await resume(sellerId, undefined)).body['liftedPauseId']).toBeNull();
    expect(kindOf(await resume(sellerId, pauseId))).toBe('409 seller-pause-lifted');
    const unknown = await resume(sellerId, `pause_${'0'.repeat(20)}`);
    expect(kindOf(unknown)).toBe('404 unknown-seller-pause');
  });

  test('of another seller are not lifted here', async () => {
    const { sellerId, fraud } = await pausedTwice();
    const other = await api.makeSeller({ status: 'active' });
    expect(kindOf(await resume(other, fraud))).toBe('404 unknown-seller-pause');
    expect(reasonsOf(await read(sellerId))).toHaveLength(2);
  });

  test('with one reason under one API key are one pause, and one event', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const { pauseId } = (await pause(sellerId, 'fraud')).body;
    const again = (await pause(sellerId, 'fraud')).body;
    expect(again).toMatchObject({ pauseId, pauses: [{ id: pauseId }] });
    expect(await eventsOf(sellerId, 1)).toEqual(['seller.paused']);
  });

  test('count again under a used key once lifted, also beside the pause of another', async () => {
    const sellerId = await api.makeSeller({ status: 'active' });
    const send = () => api.post(`/v1/sellers/${sellerId}/pause`, { reason: 'fraud' }, { key: 'k' });
    const { pauseId } = (await send()).body;
    await pause(sellerId, 'a question', 'other');
    await resume(sellerId, pauseId);
    expect((await send()).body).toMatchObject({ replayed: { actedAgain: true } });
    expect(reasonsOf(await read(sellerId))).toEqual(['a question', 'fraud']);
  });

  test('are each a wait, with the request that lifts it and nothing else', async () => {
    const { sellerId, fraud, question } = await pausedTwice();
    const { waits } = (await api.get(`/v1/sellers/${sellerId}/explain`)).body as {
      waits: { for: string; by: string; commands: { path: string; body: object }[] }[];
    };
    const own = waits.filter((wait) => wait.for === 'paused');
    expect(own).toMatchObject([
      { by: 'back office', commands: [{ body: { pauseId: fraud } }] },
      { by: 'shop', commands: [{ body: { pauseId: question } }] },
    ]);
    const [command] = own[1]?.commands ?? [];
    const answered = await api.post(String(command?.path), command?.body);
    expect(reasonsOf(answered)).toEqual(['fraud, do not resume']);
  });

  test('that are lifted at one moment wake what waits with the last', async () => {
    const { sellerId, payoutId, fraud, question } = await pausedTwice();
    const both = [fraud, question].map(async (id) => resume(sellerId, id));
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await stages.show(payoutId)).toMatchObject({ waiting: { for: 'start' } });
    const told = await eventsOf(sellerId, 4);
    expect(told.slice(2)).toEqual(['seller.pause_lifted', 'seller.resumed']);
  });
});
