import { beforeAll, expect, test } from 'vitest';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { takeTurns, type Turn } from '../../promises/turns.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

/** What an order really does: reserves nothing, and why. */
async function reasonOfOrder(id: SellerId, order: object): Promise<string | null | undefined> {
  const { status, body } = await api.post(`/v1/sellers/${id}/payouts`, order);
  expect(status).toBe(202);
  const turns = new Map<PayoutId, Turn>();
  await takeTurns(api.db, id, turns);
  return turns.get(body['id'] as PayoutId)?.reason;
}

test.each([
  ['no bank account', false],
  ['a paused bank account', true],
])('a dry run in a currency without money names %s, as the order does', async (_why, hasBank) => {
  const id = await api.makeSeller({ status: 'active' });
  if (hasBank) {
    await api.db
      .insertInto('bank_accounts')
      .values({
        seller_id: id,
        stripe_id: `ba_${id}`,
        currency: 'usd',
        status: 'new',
        is_default: true,
        paused_at: '2020-01-02T00:00:00.000Z',
      })
      .execute();
  }
  const { body } = await api.get(`/v1/sellers/${id}/payouts/dry-run?currency=usd&amount=5000`);
  const done = await reasonOfOrder(id, { currency: 'usd', amount: 50_00 });
  expect(done).toBe('bank-details');
  expect(body).toMatchObject({ outcome: 'waits', reason: done });
});

test.each([
  ['a closed seller', 'closed' as const, 50_00],
  ['an amount below Stripe’s smallest payout', 'active' as const, 1],
])('a dry run refuses %s as the order does', async (_why, status, amount) => {
  const id = await api.makeSeller({ status });
  const told = await api.get(`/v1/sellers/${id}/payouts/dry-run?amount=${amount}`);
  const ordered = await api.post(`/v1/sellers/${id}/payouts`, { amount });
  expect([told.status, told.body['type']]).toEqual([ordered.status, ordered.body['type']]);
});

test('a dry run names no bank account while two are the default', async () => {
  const id = await api.makeSeller({ status: 'active' });
  await api.db.updateTable('sellers').set({ lists_banks: true }).where('id', '=', id).execute();
  for (const stripe_id of [`ba_1_${id}`, `ba_2_${id}`]) {
    await api.db
      .insertInto('bank_accounts')
      .values({ seller_id: id, stripe_id, currency: 'eur', status: 'new', is_default: true })
      .execute();
  }
  await api.post(`/v1/sellers/${id}/earnings`, { amount: 30_00, currency: 'eur' });
  expect(await api.get(`/v1/sellers/${id}/payouts/dry-run`)).toMatchObject({
    body: { outcome: 'waits', reason: 'bank-details', bankAccount: null },
  });
});
