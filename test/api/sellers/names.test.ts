import { beforeAll, describe, expect, test } from 'vitest';

import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import type { PayoutId } from '../../../domain/ids.ts';
import { startApi, type TestApi } from '../harness.ts';

const names = { externalId: 'shop-17', displayName: 'Ada Lovelace' };

let api: TestApi;
let sellerId: string;
let payoutId: PayoutId;
beforeAll(async () => {
  api = await startApi();
  const { body } = await api.post('/v1/sellers', {
    ...names,
    email: 'ada@shop.example',
    country: 'DE',
  });
  sellerId = String(body['id']);
  const ordered = await api.post(`/v1/sellers/${sellerId}/payouts`, {});
  payoutId = ordered.body['id'] as PayoutId;
  await api.post(`/v1/sellers/${sellerId}/holds`, { reason: 'a look at the seller' });
  await parkPayout(api.db, await readPayout(api.db, payoutId), 'refused-by-stripe');
});

describe('the seller’s name and externalId', () => {
  test.each([
    ['a payout', () => `/v1/payouts/${payoutId}`],
    ['a seller’s explanation', () => `/v1/sellers/${sellerId}/explain`],
  ])('are in the answer about %s', async (_, path) => {
    expect((await api.get(path())).body).toMatchObject({ seller: names });
  });

  test('are in the explanation of a payout', async () => {
    const { body } = await api.get(`/v1/payouts/${payoutId}/explain`);
    expect(body).toMatchObject({ payout: { seller: names } });
  });

  test.each([
    ['payouts', () => '/v1/payouts'],
    ['a seller’s payouts', () => `/v1/sellers/${sellerId}/payouts`],
    ['holds', () => '/v1/holds'],
    ['a seller’s holds', () => `/v1/sellers/${sellerId}/holds`],
    ['what waits for a person', () => '/v1/attention'],
  ])('are in each entry of the list of %s', async (_, path) => {
    const { data } = (await api.get(path())).body as { data: { seller: unknown }[] };
    expect(data.length).toBeGreaterThan(0);
    for (const one of data) expect(one).toMatchObject({ seller: names });
  });
});
