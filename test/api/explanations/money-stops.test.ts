import { beforeEach, expect, test } from 'vitest';
import type { SellerId } from '../../../domain/ids.ts';
import { liftEveryStop, stopAllMoney } from '../../build/money.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startApi, type TestApi } from '../harness.ts';

type Waiting = {
  for: string;
  by: string | null;
  actor: string;
  reason: string;
  commands: { path: string; body: Record<string, string> }[];
};

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
});

async function waitsOf(path: string): Promise<Waiting[]> {
  const { status, body } = await api.get(`${path}/explain`);
  expect(status).toBe(200);
  return body['waits'] as Waiting[];
}

async function stopTwice() {
  await api.post('/v1/operations/stop-money', { reason: 'books are checked' });
  await stopAllMoney(api.db, { cause: 'right-to-send-lost', reason: 'Another engine pays.' });
}

test('a seller learns of every stop first: by whom, why, whom to ask and how it is lifted', async () => {
  const id: SellerId = await api.makeSeller({ status: 'active' });
  await stopTwice();
  const [first, second] = await waitsOf(`/v1/sellers/${id}`);
  expect(first).toMatchObject({
    for: 'money-stopped',
    actor: 'operator',
    by: 'shop',
    reason: expect.stringMatching(/books are checked.*Ask whoever used it/),
    commands: [{ path: '/v1/operations/resume-money', body: { stopId: expect.any(String) } }],
  });
  expect(second).toMatchObject({
    for: 'money-stopped',
    by: 'engine',
    reason: expect.stringMatching(/Another engine pays\. Stopped by the engine/),
  });
  expect(second?.commands[0]?.body['stopId']).not.toBe(first?.commands[0]?.body['stopId']);
});

test('a payout names every stop, though nothing was refused yet', async () => {
  const { payoutId } = await payoutStages(api).orderPayout();
  await stopTwice();
  const waits = await waitsOf(`/v1/payouts/${payoutId}`);
  expect(waits.map((one) => one.for)).toEqual(['start', 'money-stopped', 'money-stopped']);
  await liftEveryStop(api.db);
  expect((await waitsOf(`/v1/payouts/${payoutId}`)).map((one) => one.for)).toEqual(['start']);
});
