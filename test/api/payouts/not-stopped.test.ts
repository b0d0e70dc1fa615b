import { beforeAll, describe, expect, test } from 'vitest';
import { recordPutOff } from '../../../db/stripe/answers.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
let stages: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  api = await startApi();
  stages = payoutStages(api);
});

type NotStopped = {
  count: number;
  first: { payoutId: string; why: string; commands: { path: string; body: object }[] }[];
};
const stopMoney = async () => {
  const { body } = await api.post('/v1/operations/stop-money', { reason: 'test' });
  const { stopId } = body;
  await api.post('/v1/operations/resume-money', { stopId, reason: 'test' });
  return body;
};
const brakes: Record<string, (id: SellerId) => Promise<Record<string, unknown>>> = {
  'a pause': async (id) => (await api.post(`/v1/sellers/${id}/pause`, { reason: 'fraud' })).body,
  'a hold': async (id) => (await api.post(`/v1/sellers/${id}/holds`, { reason: 'fraud' })).body,
  'a stop of all money': stopMoney,
};

/** What the answer to a brake says of this payout. */
async function saysOf(brake: string, of: { sellerId: SellerId; payoutId: PayoutId }) {
  const answer = await brakes[brake]?.(of.sellerId);
  const { count, first } = (answer ?? {})['notStopped'] as NotStopped;
  expect(count).toBeGreaterThanOrEqual(first.length);
  return first.find(({ payoutId }) => payoutId === of.payoutId);
}

async function reserved() {
  const { sellerId, payoutId } = await stages.orderPayout();
  await stages.reserve(payoutId);
  return { sellerId, payoutId };
}

describe.each(Object.keys(brakes))('the answer to %s', (brake) => {
  test('names a payout whose request may reach Stripe, and how to take it back', async () => {
    const of = await reserved();
    await stages.attempt(of.payoutId, 'transfer');
    const named = await saysOf(brake, of);
    expect(named).toMatchObject({ why: 'may-be-sent', amount: { amount: 100_00 } });
    const [cancel] = named?.commands ?? [];
    expect((await api.post(String(cancel?.path), cancel?.body)).status).toBe(200);
  });

  test('names a payout with an unknown outcome', async () => {
    const of = await stages.orderPayout();
    await stages.unknownFor(of.payoutId, 'payout');
    expect(await saysOf(brake, of)).toMatchObject({ why: 'may-be-sent' });
  });

  test('names a payout that Stripe has, and how to cancel it there', async () => {
    const of = await stages.orderPayout();
    await stages.send(of.payoutId);
    expect(await saysOf(brake, of)).toMatchObject({
      why: 'at-stripe',
      commands: [{ path: `/v1/payouts/${of.payoutId}/cancel` }],
    });
  });

  test('names no payout that it stops', async () => {
    const [unsent, denied, transferred] = [await reserved(), await reserved(), await reserved()];
    const key = await stages.attempt(denied.payoutId, 'transfer');
    await recordPutOff(api.db, {
      key,
      error: { statusCode: 429, code: 'rate_limit' },
      isDenied: true,
    });
    await stages.transfer(transferred.payoutId);
    for (const of of [unsent, denied, transferred]) {
      expect(await saysOf(brake, of)).toBeUndefined();
    }
  });
});

test('a hold in another currency names nothing', async () => {
  const { sellerId, payoutId } = await reserved();
  await stages.attempt(payoutId, 'transfer');
  const hold = { reason: 'fraud', currency: 'usd', amount: 1_00 };
  const { body } = await api.post(`/v1/sellers/${sellerId}/holds`, hold);
  expect(body['notStopped']).toEqual({ count: 0, first: [] });
});
