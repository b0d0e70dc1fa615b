import { beforeAll, describe, expect, test } from 'vitest';
import { recordPass } from '../../../db/reconciliation/platform.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import { orderAgain } from '../../../db/payouts/shortfalls.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
let stages: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  api = await startApi();
  stages = payoutStages(api);
});

type Told = { summary: string; paidNowBy: { id: string; status: string; explain: string }[] };

async function explain(id: PayoutId): Promise<Told> {
  return (await api.get(`/v1/payouts/${id}/explain`)).body as unknown as Told;
}

async function order(sellerId: SellerId): Promise<PayoutId> {
  const { body } = await api.post(`/v1/sellers/${sellerId}/payouts`, {});
  return String(body['id']) as PayoutId;
}

async function canceled() {
  const { sellerId, payoutId } = await stages.orderPayout();
  await stages.reserve(payoutId);
  await api.post(`/v1/payouts/${payoutId}/cancel`, {});
  return { sellerId, payoutId };
}

describe('the explanation of a payout that ended without paying its money', () => {
  test('names nothing while no payout is ordered', async () => {
    const { payoutId } = await canceled();
    expect((await explain(payoutId)).paidNowBy).toEqual([]);
  });

  test('names the open order for everything, then the same payout with its money', async () => {
    const { sellerId, payoutId } = await canceled();
    const later = await order(sellerId);
    const first = await explain(payoutId);
    expect(first).toMatchObject({ paidNowBy: [{ id: later, status: 'requested' }] });
    expect(first.summary).toMatch(new RegExp(`Payout ${later} is ordered and pays this money`));
    await stages.reserve(later);
    const then = await explain(payoutId);
    expect(then.paidNowBy).toEqual([
      { id: later, status: 'reserved', explain: `/v1/payouts/${later}/explain` },
    ]);
    expect(then.summary).toMatch(new RegExp(`Payout ${later} pays this money now: reserved`));
    expect((await explain(later)).paidNowBy).toEqual([]);
  });

  test('names the order for everything if the bank refused the money', async () => {
    const { sellerId, payoutId } = await stages.orderPayout();
    const sent = await stages.send(payoutId);
    await recordReturn(api.db, sent, { status: 'failed', failureCode: 'account_closed' });
    const ended = await explain(payoutId);
    expect(ended).toMatchObject({
      paidNowBy: [],
      explainSeller: `/v1/sellers/${sellerId}/explain`,
    });
    expect(ended).toMatchObject({ compared: { lastPassAt: null, accountReadAt: null } });
    await recordPass(api.db);
    const { body: seller } = await api.get(`/v1/sellers/${sellerId}/explain`);
    const compared = { lastPassAt: expect.any(String), accountReadAt: null };
    expect(seller).toMatchObject({ differences: [], compared });
    expect(ended.summary).toContain('No payout pays this money yet');
    const later = await order(sellerId);
    expect((await explain(payoutId)).paidNowBy).toMatchObject([{ id: later }]);
    expect((await explain(payoutId)).summary).not.toContain('No payout pays this money yet');
  });

  test('names the last payout that replaces it, not one that ended like it', async () => {
    const { payoutId } = await canceled();
    await api.db.transaction().execute((tx) => orderAgain(tx, payoutId, 'partly-held'));
    const [{ id: second } = { id: payoutId }] = (await explain(payoutId)).paidNowBy;
    await stages.reserve(second as PayoutId);
    await api.post(`/v1/payouts/${second}/cancel`, {});
    expect((await explain(payoutId)).paidNowBy).toEqual([]);
    await api.db.transaction().execute((tx) => orderAgain(tx, second as PayoutId, 'partly-held'));
    const [third, ...more] = (await explain(payoutId)).paidNowBy;
    expect([third?.status, more]).toEqual(['requested', []]);
    expect(third?.id).not.toBe(second);
  });

  test('names no order for everything once another payout has paid its earnings', async () => {
    const { sellerId, payoutId } = await canceled();
    const later = await order(sellerId);
    await stages.reserve(later);
    await api.post(`/v1/sellers/${sellerId}/earnings`, { amount: 5_00, currency: 'eur' });
    await order(sellerId);
    expect((await explain(payoutId)).paidNowBy.map(({ id }) => id)).toEqual([later]);
  });
});
