import { beforeAll, describe, expect, test } from 'vitest';

import { reservePayout } from '../../db/payouts/reservation.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import { parkPayout } from '../../db/payouts/steps.ts';
import { until } from '../../dev/wait.ts';
import { eventCatalogue } from '../../domain/events.ts';
import { payoutStages } from '../build/payout-stages.ts';
import { startApi, type TestApi } from './harness.ts';

type Event = {
  id: string;
  type: string;
  object: { kind: string; id: string };
  sellerId: string | null;
  sequence: number;
  data: { status: string | null; reason: string | null; actor: string; money: unknown };
};
type Page = { data: Event[]; hasMore: boolean; nextCursor: string | null };

let api: TestApi;
let keyId: string;
beforeAll(async () => {
  api = await startApi();
  const key = await api.db
    .selectFrom('api_keys')
    .select('id')
    .where('name', '=', 'shop')
    .executeTakeFirstOrThrow();
  keyId = key.id;
});

async function events(query: string): Promise<Page> {
  const { status, body } = await api.get(`/v1/events${query}`, 'read');
  expect(status).toBe(200);
  return body as Page;
}

/** Other tests write on this server too: what they began before has to end first. */
async function told(query: string, count: number): Promise<Page> {
  return until(`${count} events are told`, async () => {
    const page = await events(query);
    return page.data.length >= count && page;
  });
}

describe('what happened', () => {
  test('is told oldest first to a key that may only read, with who did it', async () => {
    const stages = payoutStages(api);
    const { sellerId, payoutId } = await stages.orderPayout();
    await reservePayout(api.db, payoutId);
    await parkPayout(api.db, await readPayout(api.db, payoutId), 'refused-by-stripe');
    await api.post(`/v1/payouts/${payoutId}/retry`, {});
    const { data } = await told(`?objectId=${payoutId}`, 4);
    expect(data.map(({ type, data: { actor } }) => [type, actor])).toEqual([
      ['payout.requested', keyId],
      ['payout.reserved', 'engine'],
      ['payout.parked', 'engine'],
      ['payout.unparked', keyId],
    ]);
    expect(data[1]).toMatchObject({
      object: { kind: 'payout', id: payoutId },
      sellerId,
      sequence: 2,
      data: { previousStatus: 'requested', money: { amount: 100_00, currency: 'eur' } },
    });
    expect((await api.get(`/v1/events/${String(data[1]?.id)}`, 'read')).body).toEqual(data[1]);
  });

  test('is told of one seller, of one type, and newest first', async () => {
    const id = await api.makeSeller({ status: 'active' });
    await api.post(`/v1/sellers/${id}/earnings`, { amount: 5_00, currency: 'eur' });
    await api.post(`/v1/sellers/${id}/pause`, { reason: 'secret' });
    const types = ['seller.created', 'seller.account_created', 'seller.activated'];
    const all = [...types, 'earning.recorded', 'seller.paused'];
    const { data } = await told(`?sellerId=${id}`, all.length);
    expect(data.map(({ type }) => type)).toEqual(all);
    const newest = await events(`?sellerId=${id}&order=newest-first`);
    expect(newest.data.map(({ type }) => type)).toEqual(all.toReversed());
    const paused = await events(`?sellerId=${id}&type=seller.paused`);
    expect(paused.data).toMatchObject([{ sequence: 4, data: { actor: keyId, reason: null } }]);
    const made = data.filter(
      ({ type }) => type === 'seller.created' || type === 'earning.recorded',
    );
    expect(made.map(({ data: { actor } }) => actor)).toEqual([keyId, keyId]);
  });

  test('is read page by page, and from the end on when there is more', async () => {
    const id = await api.makeSeller({ status: 'active' });
    await told(`?sellerId=${id}`, 3);
    const first = await events(`?sellerId=${id}&limit=2`);
    expect(first).toMatchObject({ hasMore: true, data: [{ sequence: 1 }, { sequence: 2 }] });
    const second = await events(`?sellerId=${id}&limit=2&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ hasMore: false, data: [{ sequence: 3 }] });
    const next = `?sellerId=${id}&cursor=${second.nextCursor}`;
    expect(await events(next)).toEqual({
      data: [],
      hasMore: false,
      nextCursor: second.nextCursor,
    });
    await api.post(`/v1/sellers/${id}/pause`, { reason: 'why' });
    expect((await told(next, 1)).data).toMatchObject([{ type: 'seller.paused', sequence: 4 }]);
  });

  test.each([
    ['?cursor=abc', 400, 'invalid-request', 'no cursor of ours'],
    [`?cursor=${cursorOf('evt_00000000000000000000')}`, 410, 'unknown-cursor', 'lost by a restore'],
    ['?type=payout.exploded', 400, 'invalid-request', 'not in the catalogue'],
    ['?order=sideways', 400, 'invalid-request', 'no such order'],
    ['?objectId=a%20b', 400, 'invalid-request', 'no id'],
    ['/evt_00000000000000000000', 404, 'unknown-event', 'no such event'],
  ])('asked with %s answers %i %s: %s', async (query, status, kind) => {
    const answer = await api.get(`/v1/events${query}`);
    expect([answer.status, answer.body['type']]).toEqual([status, `/problems/${kind}`]);
  });

  test('is described type by type', async () => {
    const document = JSON.stringify(await (await api.app.request('/openapi.json')).json());
    for (const [type, what] of Object.entries(eventCatalogue)) {
      expect(document).toContain(`\`${type}\`: ${what}`);
    }
  });
});

function cursorOf(id: string): string {
  return Buffer.from(id, 'latin1').toString('base64url');
}
