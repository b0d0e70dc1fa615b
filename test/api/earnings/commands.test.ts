import { beforeAll, describe, expect, test } from 'vitest';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { recordCharge } from '../../../db/reconciliation/charges/coverage.ts';
import { recordMissingCharge } from '../../../db/reconciliation/charges/unread-charges.ts';
import type { EarningId, PayoutId, SellerId } from '../../../domain/ids.ts';
import { aCharge } from '../../build/movement.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const reason = 'a test order';
const to = (id: string, name: string) => `/v1/earnings/${id}/${name}`;

async function earn(given: object = {}) {
  const sellerId = await api.makeSeller({ status: 'active' });
  const asked = { externalId: 'order-1', amount: 80_00, currency: 'eur', ...given };
  const { body } = await api.post(`/v1/sellers/${sellerId}/earnings`, asked);
  return { sellerId, id: String(body['id']) as EarningId, asked };
}

/** A charge that was named minutes ago and is not at Stripe. */
async function earnUnknown() {
  const made = await earn({ charge: 'ch_typo' });
  await api.db
    .updateTable('earnings')
    .set({ created_at: '2026-01-01T00:00:00.000Z' })
    .where('id', '=', made.id)
    .execute();
  await recordMissingCharge(api.db, made.id);
  return made;
}

async function reserve(sellerId: SellerId): Promise<string> {
  const { body } = await api.post(`/v1/sellers/${sellerId}/payouts`, { currency: 'eur' });
  await reservePayout(api.db, String(body['id']) as PayoutId);
  return String(body['id']);
}

const attentionOf = async (sellerId: string) =>
  (await api.get(`/v1/attention?sellerId=${sellerId}`)).body['data'] as Record<string, unknown>[];
const pathsOf = (entry: Record<string, unknown> = {}) =>
  (entry['commands'] as { path: string }[]).map(({ path }) => path);
const eventsOf = async (sellerId: string) => {
  const { body } = await api.get(`/v1/events?sellerId=${sellerId}&limit=100`);
  return (body['data'] as Record<string, unknown>[]).filter(({ type }) =>
    String(type).startsWith('earning.'),
  );
};

describe('an earning', () => {
  test('is withdrawn with a reason and its author, once for each key, and told', async () => {
    const { sellerId, id } = await earn();
    const first = await api.post(to(id, 'withdraw'), { reason }, { key: 'withdraw-1' });
    const change = { reason, amountBefore: 80_00, amountAfter: 0, by: expect.any(String) };
    expect(first.body).toMatchObject({ amount: 0, payouts: [], changes: [change] });
    const again = await api.post(to(id, 'withdraw'), { reason }, { key: 'withdraw-1' });
    expect(again.body['replayed']).toMatchObject({
      actedAgain: false,
      now: { state: 'withdrawn' },
    });
    const { body } = await api.get(`/v1/sellers/${sellerId}/entries`);
    expect(body['data']).toMatchObject([
      { kind: 'correction', from: 'platform', to: 'owed', money: { amount: 80_00 } },
      { kind: 'earning', from: 'owed', to: 'platform', money: { amount: 80_00 } },
    ]);
    // An event is listed once no older transaction is open.
    await expect
      .poll(() => eventsOf(sellerId))
      .toMatchObject([
        { type: 'earning.recorded' },
        { type: 'earning.withdrawn', data: { money: { amount: 80_00, currency: 'eur' } } },
      ]);
    const explained = await api.get(`/v1/sellers/${sellerId}/explain`);
    expect(explained.body['decisions']).toMatchObject([
      {},
      { what: 'Earning withdrawn', about: id, reason, apiKeyName: 'shop' },
    ]);
  });

  test('is corrected, and its new details are those that it has', async () => {
    const { sellerId, id } = await earn();
    const { body } = await api.post(to(id, 'correct'), { reason, amount: 70_00 });
    expect(body).toMatchObject({ amount: 70_00, changes: [{ reason, amountAfter: 70_00 }] });
    expect((await api.get(`/v1/earnings/${id}`)).body).toMatchObject({ amount: 70_00 });
    await expect
      .poll(async () => (await eventsOf(sellerId)).at(-1))
      .toMatchObject({
        type: 'earning.corrected',
        data: { money: { amount: 70_00 } },
      });
  });

  test('that is posted again as before is the earning as it is now, and owed no second time', async () => {
    const { sellerId, id, asked } = await earn();
    await api.post(to(id, 'correct'), { reason, amount: 70_00 });
    const path = `/v1/sellers/${sellerId}/earnings`;
    const again = await api.post(path, asked);
    expect([again.status, again.body]).toMatchObject([200, { id, amount: 70_00 }]);
    expect((await api.post(path, { ...asked, amount: 70_00 })).status).toBe(200);
    expect((await api.post(path, { ...asked, amount: 60_00 })).status).toBe(409);
    await api.post(to(id, 'withdraw'), { reason });
    const gone = await api.post(path, asked);
    expect(gone.body).toMatchObject({ id, amount: 0, withdrawnAt: expect.any(String) });
    const { body } = await api.get(`/v1/sellers/${sellerId}/balances`);
    expect(body['data']).toMatchObject([{ places: { owed: 0, platform: 0 } }]);
  });

  test('names the payouts that contain it, alone and in the list', async () => {
    const { sellerId, id } = await earn();
    const payoutId = await reserve(sellerId);
    const payouts = [{ payoutId, status: 'reserved', amount: 80_00, releasedAt: null }];
    expect((await api.get(`/v1/earnings/${id}`)).body['payouts']).toEqual(payouts);
    const list = await api.get(`/v1/sellers/${sellerId}/earnings`);
    expect(list.body['data']).toMatchObject([{ id, payouts }]);
    await api.post(`/v1/payouts/${payoutId}/cancel`, {});
    expect((await api.get(`/v1/earnings/${id}`)).body['payouts']).toMatchObject([
      { payoutId, status: 'canceled', releasedAt: expect.any(String) },
    ]);
  });

  test('in a payout is refused with the request that frees it, and that request does', async () => {
    const { sellerId, id } = await earn();
    const payoutId = await reserve(sellerId);
    const { status, body } = await api.post(to(id, 'withdraw'), { reason });
    expect([status, body['type']]).toEqual([409, '/problems/earning-not-changeable']);
    expect(body['detail']).toContain(`POST /v1/payouts/${payoutId}/cancel`);
    await api.post(`/v1/payouts/${payoutId}/cancel`, {});
    expect((await api.post(to(id, 'withdraw'), { reason })).status).toBe(200);
  });

  test('that is unknown, or a correction of nothing, is refused', async () => {
    const unknown = await api.post(to('earn_00000000000000000000', 'withdraw'), { reason });
    expect([unknown.status, unknown.body['type']]).toEqual([404, '/problems/unknown-earning']);
    const { id } = await earn();
    expect((await api.post(to(id, 'correct'), { reason })).status).toBe(400);
  });
});

describe('an earning whose charge is not at Stripe', () => {
  test('waits for a person, who is told the requests that end the wait', async () => {
    const { sellerId, id } = await earnUnknown();
    const ends = [to(id, 'correct'), to(id, 'withdraw')];
    const [entry, ...others] = await attentionOf(sellerId);
    expect(others).toEqual([]);
    const atStake = [{ amount: 80_00, currency: 'eur' }];
    expect(entry).toMatchObject({ kind: 'discrepancy', reason: 'charge-not-found', atStake });
    expect(pathsOf(entry)).toEqual(ends);
    const { body } = await api.get(`/v1/sellers/${sellerId}/explain`);
    const waits = body['waits'] as Record<string, unknown>[];
    const wait = waits.find((one) => one['for'] === 'charge-unknown');
    expect(wait).toMatchObject({ actor: 'operator', since: entry?.['since'] });
    expect(pathsOf(wait)).toEqual(ends);
    expect(waits.some((one) => one['for'] === 'not-yet-available')).toBe(false);
  });

  test('is not forgotten: its discrepancy is closed only by what ends the wait', async () => {
    const { sellerId, id } = await earnUnknown();
    const [entry] = await attentionOf(sellerId);
    const close = `/v1/discrepancies/${String(entry?.['id'])}/close`;
    const refused = await api.post(close, { reason });
    expect(refused.body['type']).toBe('/problems/discrepancy-not-closable');
    await api.post(to(id, 'correct'), { reason, charge: null });
    expect(await attentionOf(sellerId)).toEqual([]);
    const { body } = await api.get(`/v1/sellers/${sellerId}/balances`);
    expect(body['data']).toMatchObject([{ payable: { amount: 80_00 } }]);
  });

  test('is payable if the charge is seen after all, and the discrepancy can then be closed', async () => {
    const { sellerId, id } = await earnUnknown();
    const charge = aCharge({ id: 'ch_typo' });
    await recordCharge(api.db, { earningId: id, charge, availableOn: '2026-01-01T00:00:00.000Z' });
    const [entry] = await attentionOf(sellerId);
    const close = `/v1/discrepancies/${String(entry?.['id'])}/close`;
    expect((await api.post(close, { reason })).status).toBe(200);
    const { body } = await api.get(`/v1/sellers/${sellerId}/balances`);
    expect(body['data']).toMatchObject([{ payable: { amount: 80_00 } }]);
  });

  test('keeps its seller open only until the request that closing names', async () => {
    const { sellerId, id } = await earnUnknown();
    const close = `/v1/sellers/${sellerId}/close`;
    const { status, body } = await api.post(close, { reason });
    expect([status, body['type']]).toEqual([409, '/problems/seller-not-settled']);
    expect(body['open']).toMatchObject({ earnings: [id] });
    expect(pathsOf(body)).toContain(to(id, 'withdraw'));
    expect((await api.post(to(id, 'withdraw'), { reason })).status).toBe(200);
    expect((await api.post(close, { reason })).status).toBe(200);
  });
});

test('a seller with an earning whose charge was refunded completely is closed after a withdrawal', async () => {
  const { sellerId, id } = await earn({ charge: 'ch_refunded' });
  const charge = aCharge({ id: 'ch_refunded', refunded: 100_00 });
  await recordCharge(api.db, { earningId: id, charge, availableOn: '2026-01-01T00:00:00.000Z' });
  const close = `/v1/sellers/${sellerId}/close`;
  const refused = await api.post(close, { reason });
  expect(refused.body['open']).toMatchObject({ earnings: [id], holds: [expect.any(String)] });
  expect(pathsOf((await attentionOf(sellerId))[0])).toContain(to(id, 'withdraw'));
  await api.post(to(id, 'withdraw'), { reason });
  expect((await api.post(close, { reason })).status).toBe(200);
});
