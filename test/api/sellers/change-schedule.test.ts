import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../../../db/operations/clock.ts';
import { startApi, type TestApi } from '../harness.ts';

const dayMs = 86_400_000;

let api: TestApi;
/** Business time stands on a Sunday, so a payday of Saturday was moved to the next bank day. */
beforeAll(async () => {
  api = await startApi();
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const days = 7 - new Date(today).getUTCDay();
  const noon = today + days * dayMs + dayMs / 2;
  await api.db.transaction().execute((tx) => moveClock(tx, noon - Date.now()));
});

const saturdays = { interval: 'weekly', weekdays: ['saturday'], timeZone: 'UTC' };
const wednesdays = { ...saturdays, weekdays: ['wednesday'], at: '23:00' };

async function aSellerPaidOnSaturdays() {
  const asked = { email: 'ada@shop.example', country: 'DE', schedule: saturdays };
  const { body } = await api.post('/v1/sellers', asked);
  return { path: `/v1/sellers/${String(body['id'])}`, payday: String(body['nextPayoutAt']) };
}

describe('a payday that closed banks moved past now', () => {
  test('is on the bank day after the weekend', async () => {
    const { payday } = await aSellerPaidOnSaturdays();
    expect([1, 2, 3]).toContain(new Date(payday).getUTCDay());
  });

  test('is kept when the schedule changes, because its nominal day has come', async () => {
    const { path, payday } = await aSellerPaidOnSaturdays();
    const { body } = await api.patch(path, { schedule: wednesdays });
    expect(body['nextPayoutAt']).toBe(payday);
  });

  test('is not awaited when the new schedule pays earlier', async () => {
    const { path, payday } = await aSellerPaidOnSaturdays();
    const soon = {
      ...saturdays,
      interval: 'daily',
      weekdays: [],
      at: '13:00',
      bankDayRule: 'none',
    };
    const { body } = await api.patch(path, { schedule: soon });
    expect(String(body['nextPayoutAt']) < payday).toBe(true);
  });

  test('is dropped when the schedule becomes manual', async () => {
    const { path } = await aSellerPaidOnSaturdays();
    const { body } = await api.patch(path, { schedule: { interval: 'manual' } });
    expect(body['nextPayoutAt']).toBeNull();
  });
});

test('a payday whose nominal day is still to come is dropped with its schedule', async () => {
  const { path } = await aSellerPaidOnSaturdays();
  const fridays = { ...saturdays, weekdays: ['friday'], bankDayRule: 'none' };
  await api.patch(path, { schedule: { interval: 'manual' } });
  const friday = String((await api.patch(path, { schedule: fridays })).body['nextPayoutAt']);
  const { body } = await api.patch(path, { schedule: { ...fridays, weekdays: ['thursday'] } });
  expect(Date.parse(friday) - Date.parse(String(body['nextPayoutAt']))).toBe(dayMs);
});
