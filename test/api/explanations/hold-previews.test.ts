import { beforeAll, describe, expect, test } from 'vitest';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { recordPayoutStarted } from '../../../db/payouts/rows.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { startApi, type TestApi } from '../harness.ts';

type Previewed = {
  summary: string;
  money: Record<'payable' | 'payableThen' | 'stopped' | 'stoppedThen' | 'stillHeld', Sum>[];
  goesOn: { payoutId: string; money: Sum }[];
  waits: { for: string }[];
  payday: { at: string; money: { pays: Sum; reason: string | null }[] } | null;
  next: { what: string; at: string | null; money: Sum | null }[];
};
type Sum = { amount: number; currency: string };

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const eur = (amount: number): Sum => ({ amount, currency: 'eur' });
const unstopped = { stopped: eur(0), stoppedThen: eur(0) };
const daily = { interval: 'daily', timeZone: 'Europe/Berlin' };

/** A seller who earned 70 euros, with these holds on it. */
async function held(...holds: object[]) {
  const id: SellerId = await api.makeSeller({ status: 'active' });
  await api.post(`/v1/sellers/${id}/earnings`, { amount: 70_00, currency: 'eur' });
  const ids: string[] = [];
  for (const hold of holds) {
    const { body } = await api.post(`/v1/sellers/${id}/holds`, { reason: 'odd orders', ...hold });
    ids.push(String(body['id']));
  }
  return { id, ids };
}

async function preview(holdId: string | undefined): Promise<Previewed> {
  const { status, body } = await api.get(`/v1/holds/${holdId}/preview`);
  expect(status).toBe(200);
  return body as unknown as Previewed;
}

async function orderAndStart(id: SellerId, body: object = {}): Promise<PayoutId> {
  const ordered = await api.post(`/v1/sellers/${id}/payouts`, body);
  const payoutId = ordered.body['id'] as PayoutId;
  await recordPayoutStarted(api.db, payoutId);
  await reservePayout(api.db, payoutId);
  return payoutId;
}

describe('what would happen if a hold were released', () => {
  test('is told in money: what is payable now, what then, and what others still hold', async () => {
    const [twenty, thirty] = [
      { amount: 20_00, currency: 'eur' },
      { amount: 30_00, currency: 'eur' },
    ];
    const { ids } = await held(twenty, thirty);
    const told = await preview(ids[0]);
    expect(told.money).toEqual([
      { ...unstopped, payable: eur(20_00), payableThen: eur(40_00), stillHeld: eur(30_00) },
    ]);
    expect(told.waits.map((one) => one.for)).toEqual(['hold', 'no-payout']);
    expect(told.summary).toContain('makes 20.00 EUR more payable, 40.00 EUR in all');
    expect(told).toMatchObject({ goesOn: [], payday: null });
  });

  test('is nothing while another hold holds all, and both are as they were', async () => {
    const { id, ids } = await held({}, { amount: 20_00, currency: 'eur' });
    const told = await preview(ids[1]);
    expect(told.money).toEqual([
      { ...unstopped, payable: eur(0), payableThen: eur(0), stillHeld: eur(70_00) },
    ]);
    expect(told.summary).toMatch(/^Releasing the hold makes no more money payable/);
    const { body } = await api.get(`/v1/sellers/${id}/holds?active=true`);
    expect(body['data']).toHaveLength(2);
  });

  test('is about one of two equal holds, and the other stays', async () => {
    const hold = { amount: 20_00, currency: 'eur' };
    const { ids } = await held(hold, hold);
    expect((await preview(ids[0])).money[0]).toMatchObject({ stillHeld: eur(20_00) });
  });

  test('names the payout that goes on, and with how much', async () => {
    const { id, ids } = await held({ amount: 20_00, currency: 'eur' });
    const payoutId = await orderAndStart(id, { amount: 60_00 });
    const told = await preview(ids[0]);
    expect(told.goesOn).toEqual([{ payoutId, money: eur(60_00) }]);
    expect(told.summary).toContain(`Payout ${payoutId} continues with 60.00 EUR`);
    expect(told.next[0]).toMatchObject({ what: 'reserve', payoutId });
    expect(told.waits).toMatchObject([{ for: 'no-payout' }]);
    const { body } = await api.get(`/v1/payouts/${payoutId}`);
    expect(body['waitingFor']).toBe('hold');
  });

  test('is what then happens', async () => {
    const { id, ids } = await held({});
    const payoutId = await orderAndStart(id);
    const { goesOn } = await preview(ids[0]);
    await api.post(`/v1/holds/${ids[0]}/release`, { reason: 'all is well' });
    await reservePayout(api.db, payoutId);
    const { body } = await api.get(`/v1/payouts/${payoutId}`);
    expect(goesOn).toEqual([{ payoutId, money: body['total'] }]);
  });

  test('says what stays: a pause keeps the payout, and the payday, from going', async () => {
    const { id, ids } = await held({});
    await api.patch(`/v1/sellers/${id}`, { schedule: daily });
    await orderAndStart(id);
    await api.post(`/v1/sellers/${id}/pause`, { reason: 'odd logins' });
    const told = await preview(ids[0]);
    expect(told.goesOn).toEqual([]);
    expect(told.waits.map((one) => one.for)).toEqual(['paused']);
    expect(told.money).toEqual([
      {
        payable: eur(0),
        payableThen: eur(0),
        stopped: eur(0),
        stoppedThen: eur(70_00),
        stillHeld: eur(0),
      },
    ]);
    expect(told.summary).toContain('70.00 EUR is then no longer held, but something else stops it');
  });

  test('says when the next payday pays it', async () => {
    const { id, ids } = await held({});
    await api.patch(`/v1/sellers/${id}`, { schedule: daily });
    const { payday, summary, next } = await preview(ids[0]);
    expect(payday?.money).toMatchObject([{ pays: eur(70_00), reason: null }]);
    expect(next).toMatchObject([{ what: 'payday', at: payday?.at, money: eur(70_00) }]);
    expect(summary).toMatch(/70\.00 EUR is paid at the payday of .* Europe\/Berlin/);
  });

  test('says that a payday would still leave it below the minimum', async () => {
    const { id, ids } = await held({ amount: 60_00, currency: 'eur' });
    const schedule = { ...daily, minimums: { eur: 80_00 } };
    await api.patch(`/v1/sellers/${id}`, { schedule });
    const told = await preview(ids[0]);
    expect(told.payday?.money).toMatchObject([{ pays: eur(0), reason: 'below-minimum' }]);
    expect(told.waits).toMatchObject([{ for: 'below-minimum' }]);
  });
});

test('nothing is told of a hold that is none, or that is over', async () => {
  for (const id of ['hold_00000000000000000000', 'nonsense', 'sel_00000000000000000000']) {
    const { status, body } = await api.get(`/v1/holds/${id}/preview`);
    expect([status, body['type']]).toEqual([404, '/problems/unknown-hold']);
  }
  const { ids } = await held({});
  await api.post(`/v1/holds/${ids[0]}/release`, { reason: 'all is well' });
  const { status, body } = await api.get(`/v1/holds/${ids[0]}/preview`);
  expect([status, body['type']]).toEqual([409, '/problems/hold-not-active']);
});
