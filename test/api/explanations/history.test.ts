import { beforeAll, describe, expect, test } from 'vitest';
import { paydaysAround } from '../../../activities/paydays/calendar.ts';
import { openPayday } from '../../../db/paydays/rows.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordWait } from '../../../db/payouts/steps.ts';
import { sayInstant } from '../../../domain/dates.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { daily } from '../../build/seller-situations.ts';
import { startApi, type TestApi } from '../harness.ts';

type Told = {
  happened: { at: string; kind: string; text: string }[];
  decisions: { what: string }[];
  notShown: object;
};

let api: TestApi;
let stage: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  api = await startApi();
  stage = payoutStages(api);
});

async function explain(path: string): Promise<Told> {
  const { status, body } = await api.get(`${path}/explain`);
  expect(status).toBe(200);
  return body as unknown as Told;
}

describe('the decisions about a seller', () => {
  test('say what a change changed: the old and the new schedule, and only the names of other fields', async () => {
    const id: SellerId = await api.makeSeller({ status: 'active' });
    const change = (body: object) => api.patch(`/v1/sellers/${id}`, body);
    await change({ schedule: { ...daily, minimums: { eur: 25_00 } } });
    await change({ displayName: 'Ada Lovelace', metadata: { shop: 'books' } });
    await change({ metadata: { shop: 'books' } });
    const { decisions } = await explain(`/v1/sellers/${id}`);
    expect(decisions.map(({ what }) => what)).toEqual([
      'Created',
      'Changed the schedule from “No paydays: only an order pays the seller” to “Every bank day at 09:00 Europe/Berlin. A payday pays no less than 25.00 EUR”',
      'Changed displayName, metadata',
      'Changed nothing: the seller was already like this',
    ]);
  });
});

describe('the history of a payout', () => {
  test('names the payday for which the schedule ordered the payout, also at the seller', async () => {
    const id: SellerId = await api.makeSeller({ status: 'active' });
    await api.patch(`/v1/sellers/${id}`, { schedule: daily });
    await api.post(`/v1/sellers/${id}/earnings`, { amount: 40_00, currency: 'eur' });
    const next_payout_at = '2026-01-05T08:00:00.000Z';
    await api.db.updateTable('sellers').set({ next_payout_at }).where('id', '=', id).execute();
    await api.db
      .updateTable('earnings')
      .set({ created_at: '2026-01-02T08:00:00Z', available_on: '2026-01-02T08:00:00Z' })
      .where('seller_id', '=', id)
      .execute();
    await openPayday(api.db, id, paydaysAround);
    const [payout] = await stage.listOf(`/v1/payouts?sellerId=${id}`);
    const [payoutId, at] = [String(payout?.['id']), payout?.['createdAt']];
    const said = `rdered by the schedule for the payday of ${sayInstant(String(payout?.['payday']))}`;
    const { happened } = await explain(`/v1/payouts/${payoutId}`);
    expect(happened).toContainEqual({
      at,
      kind: 'ordered',
      text: `O${said}`,
    });
    const ofSeller = await explain(`/v1/sellers/${id}`);
    expect(ofSeller.happened).toContainEqual({
      at,
      kind: 'payout-ordered',
      text: `Payout ${payoutId}: o${said}`,
    });
  });

  test('names the API key that ordered the payout at the seller', async () => {
    const { sellerId, payoutId } = await stage.orderPayout();
    const { happened } = await explain(`/v1/sellers/${sellerId}`);
    const text = `Payout ${payoutId}: ordered by shop`;
    expect(happened).toContainEqual(expect.objectContaining({ kind: 'payout-ordered', text }));
  });

  test('says for what the payout waited, after the wait has ended', async () => {
    const { payoutId } = await stage.orderPayout();
    const before = await readPayout(api.db, payoutId);
    await recordWait(api.db, before, { reason: 'cooling-period', minutes: 60 });
    await stage.reserve(payoutId);
    const { happened, notShown } = await explain(`/v1/payouts/${payoutId}`);
    const text = 'Began to wait for the cooling period after a change of the bank account';
    expect(happened).toContainEqual(expect.objectContaining({ kind: 'waiting', text }));
    expect(happened.at(-1)?.kind).toBe('reserve');
    expect(notShown).toMatchObject({ pastWaits: 0 });
  });

  test.each(['reserve', 'transfer'] as const)(
    'has the same time at the seller and at the payout after the step %s',
    async (step) => {
      const { sellerId, payoutId } = await stage.orderPayout();
      await stage.reserve(payoutId);
      if (step === 'transfer') await stage.transfer(payoutId);
      const own = await explain(`/v1/payouts/${payoutId}`);
      const { happened } = await explain(`/v1/sellers/${sellerId}`);
      const status = step === 'reserve' ? 'payout-reserved' : 'payout-transferred';
      const at = own.happened.find(({ kind }) => kind === step)?.at;
      expect(happened.find(({ kind }) => kind === status)?.at).toBe(at);
    },
  );
});

test('a closed seller says who closed the seller and why, but not to the seller', async () => {
  const id: SellerId = await api.makeSeller({ status: 'active' });
  await api.post(`/v1/sellers/${id}/close`, { reason: 'asked to leave' });
  const { body } = await api.get(`/v1/sellers/${id}/explain`);
  const seller = (await api.get(`/v1/sellers/${id}`)).body['closed'] as { since: string };
  expect(body['waits']).toMatchObject([
    {
      for: 'closed',
      by: 'shop',
      since: seller.since,
      reason: 'The seller is closed: asked to leave',
    },
  ]);
  const [{ forSeller }] = body['waits'] as [{ forSeller: string }];
  expect(forSeller).not.toContain('asked to leave');
});

test('a seller’s explanation says the schedule, and that only an order pays without one', async () => {
  const id: SellerId = await api.makeSeller({ status: 'active' });
  const said = async () => (await api.get(`/v1/sellers/${id}/explain`)).body['schedule'];
  expect(await said()).toBe('No paydays: only an order pays the seller');
  await api.patch(`/v1/sellers/${id}`, {
    schedule: {
      interval: 'weekly',
      weekdays: ['monday', 'friday'],
      timeZone: 'Asia/Tokyo',
      cutOffHours: 24,
      minimums: { jpy: 5000 },
      thresholds: { jpy: 90000 },
    },
  });
  expect(await said()).toBe(
    'Every Monday and Friday at 09:00 Asia/Tokyo, or on the next bank day. A payday pays only what is payable 24 hours before it. A payday pays no less than 5000 JPY. As soon as 90000 JPY is payable, it is paid on any day',
  );
});
