import { beforeAll, expect, test } from 'vitest';
import { paydaysAround } from '../../../activities/paydays/calendar.ts';
import { openPayday } from '../../../db/paydays/rows.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const daily = { interval: 'daily', timeZone: 'Europe/Berlin' };

test('a payday that was skipped below the minimum says the amount and the minimum of then', async () => {
  const id = await api.makeSeller({ status: 'active' });
  const change = (minimums: object) => {
    return api.patch(`/v1/sellers/${id}`, { schedule: { ...daily, minimums } });
  };
  await change({ eur: 25_00 });
  await api.post(`/v1/sellers/${id}/earnings`, { amount: 4_00, currency: 'eur' });
  const { body: coming } = await api.get(`/v1/sellers/${id}/explain`);
  const words = '4.00 EUR is payable, less than the schedule’s minimum of 25.00 EUR';
  expect(coming['payday']).toMatchObject({
    money: [
      {
        reason: 'below-minimum',
        explanation: expect.stringContaining(words),
        forSeller: expect.stringContaining('below the amount from which you are paid'),
      },
    ],
  });
  const next_payout_at = new Date().toISOString();
  await api.db.updateTable('sellers').set({ next_payout_at }).where('id', '=', id).execute();
  await openPayday(api.db, id, paydaysAround);
  await change({ eur: 9_00 });
  const { body } = await api.get(`/v1/payouts?sellerId=${id}`);
  const [skipped] = body['data'] as { id: string; skipped: string }[];
  const says = '4.00 EUR was payable, less than the schedule’s minimum of 25.00 EUR';
  expect(skipped?.skipped).toContain(says);
  const { body: told } = await api.get(`/v1/payouts/${skipped?.id}/explain`);
  expect(told['summary']).toContain(says);
});
