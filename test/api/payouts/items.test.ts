import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';

import { listPayoutItems } from '../../../db/payouts/views.ts';
import { newId, type PayoutId, type SellerId } from '../../../domain/ids.ts';
import { asCaller, createTestApp, insertPayout, insertSeller } from '../plumbing.ts';

type App = Awaited<ReturnType<typeof createTestApp>>;
type Page = { data: { earningId: string }[]; hasMore: boolean; nextCursor: string | null };
type Explained = {
  earnings: { count: number; first: unknown[] };
  attempts: { number: number }[];
  notShown: object;
  happened: unknown[];
};

/** More than four of the largest pages. */
const many = 450;

let own: App;
let sellerId: SellerId;
beforeAll(async () => {
  own = await createTestApp();
  sellerId = await insertSeller(own.db);
});

/** Inserts a payout that contains this many earnings. */
async function insertFullPayout(earnings: number): Promise<PayoutId> {
  const payoutId = await insertPayout(own.db, sellerId);
  const prefix = newId('earn').slice(0, -6);
  await sql`with made as (
    insert into earnings (id, seller_id, external_id, amount, allocated, currency, available_on)
    select ${prefix} || lpad(n::text, 6, '0'), ${sellerId}, ${prefix} || n, 100, 100, 'eur',
      business_now() from generate_series(1, ${earnings}::int) as n
    returning id
  ) insert into payout_items (payout_id, earning_id, amount)
    select ${payoutId}, id, 100 from made`.execute(own.db);
  return payoutId;
}

/** An answer, its size, and how many statements it took. */
async function ask(path: string) {
  const before = own.statements.length;
  const response = await own.app.request(path, asCaller());
  const text = await response.text();
  expect([response.status, text.slice(0, 200)]).toEqual([200, expect.any(String)]);
  const statements = own.statements.length - before;
  return { body: JSON.parse(text) as Page & Explained, size: text.length, statements };
}

/** Reads every page of a list. */
async function readAll(path: string, limit: number) {
  const pages = [];
  let cursor = '';
  do {
    const page = await ask(`${path}?limit=${limit}${cursor}`);
    pages.push(page);
    cursor = page.body.nextCursor === null ? '' : `&cursor=${page.body.nextCursor}`;
  } while (cursor !== '');
  return pages;
}

describe('the earnings of a payout', () => {
  test('come in pages that contain each earning once', async () => {
    const payoutId = await insertFullPayout(many);
    const pages = await readAll(`/v1/payouts/${payoutId}/items`, 100);
    expect(pages.map(({ body }) => [body.data.length, body.hasMore])).toEqual([
      [100, true],
      [100, true],
      [100, true],
      [100, true],
      [50, false],
    ]);
    const ids = pages.flatMap(({ body }) => body.data.map(({ earningId }) => earningId));
    expect(new Set(ids).size).toBe(many);
  });

  test('are read from the database only as far as a page goes', async () => {
    const payoutId = await insertFullPayout(many);
    expect(await listPayoutItems(own.db, { payoutId, limit: 20 })).toHaveLength(21);
  });

  test('cost as much for a page of a large payout as for a small payout', async () => {
    const [small, large] = [await insertFullPayout(20), await insertFullPayout(many)];
    for (const path of ['items?limit=20', 'explain']) {
      const few = await ask(`/v1/payouts/${small}/${path}`);
      const most = await ask(`/v1/payouts/${large}/${path}`);
      expect([path, most.statements]).toEqual([path, few.statements]);
      expect([path, most.size - few.size < 100]).toEqual([path, true]);
    }
  });

  test('are counted in the explanation, which shows the first of them', async () => {
    const payoutId = await insertFullPayout(many);
    const { earnings } = (await ask(`/v1/payouts/${payoutId}/explain`)).body;
    expect([earnings.count, earnings.first.length]).toEqual([many, 20]);
  });

  test('refuse the cursor of another list', async () => {
    const payoutId = await insertFullPayout(1);
    const cursor = Buffer.from(payoutId).toString('base64url');
    const path = `/v1/payouts/${payoutId}/items?cursor=${cursor}`;
    expect((await own.app.request(path, asCaller())).status).toBe(400);
  });
});

describe('the requests to Stripe, commands and entries of a payout', () => {
  test('are shown up to the newest hundred, with the number of older ones', async () => {
    const payoutId = await insertPayout(own.db, sellerId);
    await sql`insert into attempts (key, object_id, step, number, state, account, api_version,
        request, tries, refusal, error, created_at, first_sent_at, last_sent_at, decided_at)
      select ${payoutId} || '/transfer/' || n, ${payoutId}, 'transfer', n, 'refused', 'acct_1',
        '2026-10-01', '{}', 1, 'balance-insufficient', '{"code":"balance_insufficient"}',
        at, at, at, at
      from generate_series(1, 230) as n,
        lateral (select business_now() + n * interval '1 hour' as at) as sent`.execute(own.db);
    const path = `/v1/payouts/${payoutId}`;
    const told = (await ask(`${path}/explain`)).body;
    expect(told.attempts.map(({ number }) => number)).toEqual(
      Array.from({ length: 100 }, (_, index) => 131 + index),
    );
    expect(told.notShown).toEqual({ attempts: 130, decisions: 0, entries: 0, pastWaits: 0 });
    expect(told.happened).toHaveLength(200);
    const timeline = (await ask(`${path}/timeline`)).body;
    expect([timeline.data.length, timeline.notShown]).toEqual([200, told.notShown]);
    const pages = await readAll(`${path}/attempts`, 100);
    type Numbered = { number: number };
    const all = pages.flatMap(({ body }) => body.data as unknown as Numbered[]);
    expect(all.map(({ number }) => number)).toEqual(
      Array.from({ length: 230 }, (_, index) => 1 + index),
    );
  });
});
