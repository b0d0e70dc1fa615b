import { beforeAll, describe, expect, test } from 'vitest';
import { recordEarnings } from '../../../db/earnings/rows.ts';
import { findSellerToUse } from '../../../db/sellers/rows.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const weekly = {
  interval: 'weekly',
  weekdays: ['friday'],
  timeZone: 'Europe/Berlin',
  cutOffHours: 24,
  minimums: { eur: 25_00 },
};
const stored = {
  ...weekly,
  dayOfMonth: null,
  cron: null,
  at: '09:00',
  bankDayRule: 'next',
  thresholds: {},
};
const ofCron = { interval: 'cron', cron: '30 14 1,15 * *', weekdays: [] };
const fridayAtNine = expect.stringMatching(/T0[78]:00:00\.000Z$/);

/** A path of the seller's own. */
const at = (id: string, path = '') => `/v1/sellers/${id}${path}`;

describe('the schedule of a seller', () => {
  test('is manual, with no payday, unless the platform says otherwise', async () => {
    const id = await api.makeSeller();
    const { body } = await api.get(at(id, '/schedule'));
    expect(body).toMatchObject({ schedule: { interval: 'manual' }, nextPayoutAt: null, next: [] });
  });

  test('can be given with the seller, whose next payday is known at once', async () => {
    const asked = { email: 'ada@shop.example', country: 'DE', schedule: weekly };
    const { status, body } = await api.post('/v1/sellers', asked);
    expect(status).toBe(201);
    expect(body).toMatchObject({ schedule: stored, nextPayoutAt: fridayAtNine });
    const { body: shown } = await api.get(at(String(body['id']), '/schedule'));
    const next = shown['next'] as { at: string; cutOffAt: string }[];
    expect(next).toHaveLength(12);
    expect(next[0]?.at).toBe(body['nextPayoutAt']);
    const [first] = next;
    expect(Date.parse(first?.at ?? '') - Date.parse(first?.cutOffAt ?? '')).toBe(86_400_000);
  });

  test('changes at once, wakes the seller, and lets what is under way go on', async () => {
    const id = await api.makeSeller({ status: 'active' });
    await api.post(at(id, '/earnings'), { amount: 50_00, currency: 'eur' });
    const { body: payout } = await api.post(at(id, '/payouts'), {});
    await api.db.deleteFrom('wake_ups').execute();
    const { status, body } = await api.patch(at(id), { schedule: weekly });
    expect([status, body['schedule']]).toEqual([200, stored]);
    expect(body['nextPayoutAt']).toEqual(fridayAtNine);
    expect(await api.wakeUps()).toContainEqual({
      workflow_id: `seller/${id}`,
      topics: ['payouts'],
    });
    expect((await api.get(`/v1/payouts/${String(payout['id'])}`)).body).toEqual(payout);
    const manual = await api.patch(at(id), { schedule: { interval: 'manual' } });
    expect(manual.body).toMatchObject({ schedule: { interval: 'manual' }, nextPayoutAt: null });
  });

  test('keeps a payday that has come and was not opened yet, given again or changed', async () => {
    const asked = { email: 'ada@shop.example', country: 'DE', schedule: weekly };
    const id = String((await api.post('/v1/sellers', asked)).body['id']);
    const come = { next_payout_at: '2026-01-02T08:00:00.000Z' };
    await api.db
      .updateTable('sellers')
      .set(come)
      .where('id', '=', id as SellerId)
      .execute();
    const { body } = await api.patch(at(id), { schedule: weekly });
    expect(body).toMatchObject({ schedule: stored, nextPayoutAt: come.next_payout_at });
    const others = await api.patch(at(id), { schedule: { ...weekly, cutOffHours: 48 } });
    expect(others.body).toMatchObject({ nextPayoutAt: come.next_payout_at });
  });

  test('names the days of a cron expression, and its time', async () => {
    const id = await api.makeSeller();
    const { status, body } = await api.patch(at(id), { schedule: { ...weekly, ...ofCron } });
    expect([status, body['schedule']]).toMatchObject([200, { ...ofCron, at: '14:30' }]);
    expect(body['nextPayoutAt']).toMatch(/T1[23]:30:00\.000Z$/);
    expect((await api.get(at(id, '/schedule'))).body['next']).toHaveLength(12);
  });

  test('changed twice under one key is changed once', async () => {
    const id = await api.makeSeller();
    const first = await api.patch(at(id), { schedule: weekly }, { key: `once-${id}` });
    await api.patch(at(id), { schedule: { interval: 'manual' } });
    const again = await api.patch(at(id), { schedule: weekly }, { key: `once-${id}` });
    expect(again.body).toMatchObject(first.body);
    expect(again.body['replayed']).toMatchObject({ actedAgain: false });
    expect((await api.get(at(id))).body['nextPayoutAt']).toBeNull();
  });

  test.each<[why: string, change: object, pointer: string]>([
    ['a zone that is none', { timeZone: 'Europe/Atlantis' }, '/schedule/timeZone'],
    ['an offset for a zone', { timeZone: '+01:00' }, '/schedule/timeZone'],
    ['no zone', { timeZone: undefined }, '/schedule/timeZone'],
    ['no such time', { at: '24:00' }, '/schedule/at'],
    ['no weekday', { weekdays: [] }, '/schedule/weekdays'],
    ['a weekday that is none', { weekdays: ['freitag'] }, '/schedule/weekdays/0'],
    ['a weekday twice', { weekdays: ['friday', 'friday'] }, '/schedule/weekdays'],
    ['a day of the month', { dayOfMonth: 1 }, '/schedule/dayOfMonth'],
    ['no such day', { interval: 'monthly', weekdays: [], dayOfMonth: 32 }, '/schedule/dayOfMonth'],
    ['a cut-off of a year', { cutOffHours: 9000 }, '/schedule/cutOffHours'],
    ['a minimum in no currency', { minimums: { EUR: 1 } }, '/schedule/minimums/EUR'],
    ['a fraction for a minimum', { minimums: { eur: 0.5 } }, '/schedule/minimums/eur'],
    ['a threshold below it', { thresholds: { eur: 1 } }, '/schedule/thresholds/eur'],
    ['an interval that is none', { interval: 'hourly' }, '/schedule/interval'],
    ['cron beside weekly', { cron: '0 9 1 * *' }, '/schedule/cron'],
    ['a cron that is none', { ...ofCron, cron: '0 9 monthly * *' }, '/schedule/cron'],
    ['a cron on no day', { ...ofCron, cron: '0 9 30 2 *' }, '/schedule/cron'],
    ['a cron each hour', { ...ofCron, cron: '0 * 1 * *' }, '/schedule/cron'],
    ['an impossible time', { ...ofCron, cron: '60 24 1 * *' }, '/schedule/cron'],
    ['two times', { ...ofCron, at: '09:00' }, '/schedule/at'],
    ['cron without its days', { ...ofCron, cron: undefined }, '/schedule/cron'],
    ['a rule that is none', { bankDayRule: 'nearest' }, '/schedule/bankDayRule'],
    ['a field that is none', { anchor: 1 }, '/schedule/anchor'],
  ])('is refused with %s', async (_why, change, pointer) => {
    const id = await api.makeSeller();
    const { status, body } = await api.patch(at(id), { schedule: { ...weekly, ...change } });
    expect([status, body['type']]).toEqual([400, '/problems/invalid-request']);
    expect((body['errors'] as { pointer: string }[])[0]?.pointer).toBe(pointer);
    expect((await api.get(at(id))).body['nextPayoutAt']).toBeNull();
  });

  test('is not changed of a closed or an unknown seller, or with a key that may only read', async () => {
    const id = await api.makeSeller({ status: 'closed' });
    const change = { schedule: weekly };
    expect((await api.patch(at(id), change)).body['type']).toBe('/problems/seller-closed');
    const unknown = await api.patch(at('sel_00000000000000000000'), change);
    expect(unknown.body['type']).toBe('/problems/unknown-seller');
    expect((await api.patch(at(id), change, { as: 'read' })).status).toBe(403);
  });
});

describe('a seller', () => {
  test('can be given another name and other metadata, and keeps the rest', async () => {
    const id = await api.makeSeller();
    const before = (await api.get(at(id))).body;
    const { body } = await api.patch(at(id), { displayName: 'Ada', metadata: { tier: 'gold' } });
    expect(body).toEqual({ ...before, displayName: 'Ada', metadata: { tier: 'gold' } });
    expect((await api.patch(at(id), { displayName: null })).body['displayName']).toBeNull();
    expect((await api.patch(at(id), {})).status).toBe(400);
  });
});

describe('the preview of a schedule', () => {
  test('says what would be paid now and at the next payday, and why not', async () => {
    const id = await api.makeSeller({ status: 'active' });
    await api.patch(at(id), { schedule: { ...weekly, cutOffHours: 0, minimums: { usd: 10_00 } } });
    const earn = (earning: object) => api.post(at(id, '/earnings'), earning);
    await earn({ amount: 30_00, currency: 'eur' });
    await earn({ amount: 40_00, currency: 'eur', availableOn: '2199-01-01T00:00:00Z' });
    await earn({ amount: 9_99, currency: 'usd' });
    const { body } = await api.get(at(id, '/schedule/preview'));
    const eur = (amount: number) => ({ amount, currency: 'eur' });
    const usd = (amount: number) => ({ amount, currency: 'usd' });
    const pays = [
      {
        currency: 'eur',
        pays: eur(30_00),
        leaves: eur(0),
        notYetAvailable: eur(40_00),
        reason: null,
        explanation: null,
      },
      {
        currency: 'usd',
        pays: usd(0),
        leaves: usd(9_99),
        notYetAvailable: usd(0),
        reason: 'below-minimum',
        explanation: expect.stringContaining('minimum'),
      },
    ];
    expect(body).toMatchObject({ now: pays, expected: pays });
    expect(body['next']).toHaveLength(12);
  });

  test('pays nobody who is not active', async () => {
    const id = await api.makeSeller();
    await api.post(at(id, '/earnings'), { amount: 30_00, currency: 'eur' });
    const { body } = await api.get(at(id, '/schedule/preview'));
    expect(body['now']).toMatchObject([{ pays: { amount: 0 }, reason: 'seller-not-active' }]);
    expect(body['expected']).toEqual([]);
  });
});

describe('the preview of a seller who would not be paid', () => {
  const soon = { ...weekly, cutOffHours: 0, minimums: {} };
  test.each<[stop: string, reason: string, words: RegExp]>([
    ['pause', 'seller-paused', /until the seller is resumed/],
    ['holds', 'on-hold', /held/],
  ])('names the %s: %s', async (stop, reason, words) => {
    const id = await api.makeSeller({ status: 'active' });
    await api.patch(at(id), { schedule: soon });
    await api.post(at(id, '/earnings'), { amount: 30_00, currency: 'eur' });
    await api.post(at(id, `/${stop}`), { reason: 'odd logins' });
    const { body } = await api.get(at(id, '/schedule/preview'));
    for (const told of [body['now'], body['expected']]) {
      const explanation = expect.stringMatching(words);
      expect(told).toMatchObject([{ pays: { amount: 0 }, reason, explanation }]);
    }
  });

  test('expects what a hold lets go before the payday, and says what it holds now', async () => {
    const id = await api.makeSeller({ status: 'active' });
    await api.patch(at(id), {
      schedule: { ...soon, interval: 'monthly', weekdays: [], dayOfMonth: 1 },
    });
    await api.post(at(id, '/earnings'), { amount: 30_00, currency: 'eur' });
    const { body: clock } = await api.get(at(id));
    const expiresAt = new Date(Date.parse(String(clock['nextPayoutAt'])) - 1000).toISOString();
    await api.post(at(id, '/holds'), { reason: 'new seller', expiresAt });
    const { body } = await api.get(at(id, '/schedule/preview'));
    expect(body['now']).toMatchObject([{ reason: 'on-hold', held: { amount: 30_00 } }]);
    expect(body['expected']).toMatchObject([{ pays: { amount: 30_00 }, reason: null }]);
  });

  test('counts no money twice that a payout is ordered of', async () => {
    const id = await api.makeSeller({ status: 'active' });
    await api.patch(at(id), { schedule: soon });
    await api.post(at(id, '/earnings'), { amount: 30_00, currency: 'eur' });
    await api.post(at(id, '/payouts'), { amount: 20_00 });
    const { body } = await api.get(at(id, '/schedule/preview'));
    expect(body['expected']).toMatchObject([{ pays: { amount: 10_00 } }]);
  });
});

describe('an earning', () => {
  test('wakes a seller with a payday when it is the first, and one without never', async () => {
    const [planned, manual] = [await api.makeSeller(), await api.makeSeller()];
    await api.patch(at(planned), { schedule: weekly });
    const woken = async (id: string) => {
      await api.db.deleteFrom('wake_ups').execute();
      await api.post(at(id, '/earnings'), { amount: 1_00, currency: 'eur' });
      return (await api.wakeUps()).map(({ workflow_id }) => workflow_id);
    };
    expect(await woken(planned)).toEqual([`seller/${planned}`]);
    expect(await woken(planned)).toEqual([]);
    expect(await woken(manual)).toEqual([]);
  });

  test('that reaches a threshold wakes the seller', async () => {
    const id = await api.makeSeller();
    await api.patch(at(id), { schedule: { interval: 'manual', thresholds: { eur: 2_00 } } });
    const woken = async () => {
      await api.db.deleteFrom('wake_ups').execute();
      await api.post(at(id, '/earnings'), { amount: 1_00, currency: 'eur' });
      return (await api.wakeUps()).length;
    };
    expect([await woken(), await woken()]).toEqual([0, 1]);
  });

  test('that comes while the thresholds change is weighed by them', async () => {
    const id = await api.makeSeller({ status: 'active' });
    const earning = { externalId: null, amount: 5_00, currency: 'eur', charge: null };
    const given = { ...earning, availableOn: null, description: null };
    let patched: Promise<unknown> = Promise.resolve();
    await api.db.transaction().execute(async (tx) => {
      const seller = await findSellerToUse(tx, id);
      expect(seller?.schedule.thresholds).toEqual({});
      const schedule = { interval: 'manual', thresholds: { eur: 2_00 } };
      patched = api.patch(at(id), { schedule });
      await new Promise((resolve) => setTimeout(resolve, 300));
      await recordEarnings(tx, id, [given]);
    });
    expect(await patched).toMatchObject({ status: 200 });
    const row = await api.db
      .selectFrom('sellers')
      .select('threshold_look_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.threshold_look_at).not.toBeNull();
  });
});
