import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordMovements } from '../../../db/reconciliation/movements.ts';
import { newId, type SellerId } from '../../../domain/ids.ts';
import { entryKinds } from '../../../domain/ledger.ts';
import { aMovement } from '../../build/movement.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
let stages: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  api = await startApi();
  stages = payoutStages(api);
});

type Shown = { id: string; kind: string; money: { amount: number }; [field: string]: unknown };
const read = async (sellerId: SellerId, query = '') => {
  const { status, body } = await api.get(`/v1/sellers/${sellerId}/entries${query}`, 'read');
  expect(status).toBe(200);
  return body as { data: Shown[]; hasMore: boolean; nextCursor: string | null };
};

/** A seller with a payout that has nearly left, and two movements of somebody else's. */
async function aSeller(): Promise<SellerId> {
  const payoutId = await stages.parkUnknown('payout');
  const { seller_id: sellerId } = await api.db
    .selectFrom('payouts')
    .select('seller_id')
    .where('id', '=', payoutId)
    .executeTakeFirstOrThrow();
  const lines = [
    aMovement('charge', 9_00, { id: newId('txn'), source: 'ch_1' }),
    aMovement('payout', -4_00, { id: newId('txn'), source: 'po_theirs' }),
  ];
  await recordMovements(api.db, sellerId, { lines, readAt: new Date().toISOString() });
  return sellerId;
}

describe('the entries of a seller', () => {
  test('tell every movement of its money: what, how much, from where to where, and by which object', async () => {
    const { data } = await read(await aSeller());
    const told = data.map(({ kind, money, from, to, stripeId }) => {
      return [kind, money.amount, from, to, typeof stripeId];
    });
    expect(told).toEqual([
      ['foreign', 4_00, 'account', 'foreign', 'string'],
      ['earning', 9_00, 'owed', 'account', 'string'],
      ['transfer', 100_00, 'platform-reserved', 'account-reserved', 'string'],
      ['reserve', 100_00, 'platform', 'platform-reserved', 'object'],
      ['earning', 100_00, 'owed', 'platform', 'object'],
    ]);
    for (const { text, at } of data) expect([text, at]).not.toContain('');
  });

  test.each([
    ['earning', [9_00, 100_00], 'what was earned, at both places'],
    ['foreign', [4_00], 'what somebody else moved'],
    ['transfer', [100_00], 'what we brought to the account'],
    ['paid', [], 'what has not happened'],
  ])('of the kind %s are %j: %s', async (kind, amounts) => {
    const { data } = await read(await aSeller(), `?kind=${kind}`);
    expect(data.map(({ money }) => money.amount)).toEqual(amounts);
  });

  test.each(entryKinds)('may be asked for by the kind %s', async (kind) => {
    const { data } = await read(await api.makeSeller(), `?kind=${kind}`);
    expect(data).toEqual([]);
  });

  test('are all told once, whatever the pages', async () => {
    const sellerId = await aSeller();
    const { data: all } = await read(sellerId);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 5 }),
        async (sizes) => {
          const seen: string[] = [];
          let cursor = '';
          for (const size of sizes) {
            const page = await read(sellerId, `?limit=${size}${cursor}`);
            seen.push(...page.data.map(({ id }) => id));
            expect(page.hasMore).toBe(page.nextCursor !== null);
            if (page.nextCursor === null) break;
            cursor = `&cursor=${page.nextCursor}`;
          }
          expect(seen).toEqual(all.map(({ id }) => id));
        },
      ),
      { numRuns: 15 },
    );
  });

  test.each([
    ['?kind=gift', '/kind', 'there is no such kind'],
    ['?limit=0', '/limit', 'a page has something'],
    ['?limit=101', '/limit', 'a page ends'],
    ['?cursor=bm9uZQ', '/cursor', 'a cursor is not made by hand'],
    ['?before=1', '', 'nothing is ignored'],
  ])('are not told for %s, since %s is wrong: %s', async (query, pointer) => {
    const { status, body } = await api.get(`/v1/sellers/${await api.makeSeller()}/entries${query}`);
    expect([status, body['type']]).toEqual([400, '/problems/invalid-request']);
    expect(JSON.stringify(body['errors'])).toContain(pointer);
  });

  test('of nobody are not told', async () => {
    const { status, body } = await api.get(`/v1/sellers/${newId('sel')}/entries`);
    expect([status, body['type']]).toEqual([404, '/problems/unknown-seller']);
  });
});
