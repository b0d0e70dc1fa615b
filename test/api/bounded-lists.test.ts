import { beforeEach, expect, test } from 'vitest';
import { startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
});

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

test('API keys are listed page by page, each key once', async () => {
  for (const index of times(3)) {
    await api.post('/v1/api-keys', { name: `key ${index}`, role: 'read' });
  }
  const ids: string[] = [];
  let cursor = '';
  do {
    const { body } = await api.get(`/v1/api-keys?limit=2${cursor}`);
    const page = body['data'] as { id: string }[];
    expect(page.length).toBeLessThanOrEqual(2);
    ids.push(...page.map(({ id }) => id));
    const { nextCursor } = body as { nextCursor: string | null };
    cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
  } while (cursor !== '');
  const { n } = await api.db
    .selectFrom('api_keys')
    .select((row) => row.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  expect([ids.length, new Set(ids).size]).toEqual([n, n]);
});

test('the bank accounts of a seller are the newest 100, with the number of the others', async () => {
  const sellerId = await api.makeSeller({ status: 'active' });
  await api.db
    .insertInto('bank_accounts')
    .values(
      times(103).map((index) => ({
        seller_id: sellerId,
        stripe_id: `ba_${index}`,
        currency: 'eur',
        fingerprint: `fp_${index}`,
        status: 'new',
        is_default: false,
        first_seen_at: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString(),
      })),
    )
    .execute();
  const { body } = await api.get(`/v1/sellers/${sellerId}/bank-accounts`);
  const data = body['data'] as { id: string }[];
  expect([data.length, data[0]?.id, body['notShown']]).toEqual([100, 'ba_102', 3]);
});

test('the refusal to close a seller counts all holds and names the first', async () => {
  const sellerId = await api.makeSeller({ status: 'active' });
  for (const index of times(22)) {
    await api.post(`/v1/sellers/${sellerId}/holds`, { reason: `why ${index}` });
  }
  const { body } = await api.post(`/v1/sellers/${sellerId}/close`, { reason: 'left' });
  expect(body['detail']).toMatch(/^Still open: 22 holds\./);
  expect((body['open'] as { holds: string[] }).holds).toHaveLength(20);
  expect(body['commands']).toHaveLength(20);
});
