import { beforeEach, describe, expect, test } from 'vitest';
import { type Difference, openDiscrepancies } from '../../../db/reconciliation/discrepancies.ts';
import { keepLines } from '../../../db/reconciliation/lines.ts';
import { newId, type SellerId } from '../../../domain/ids.ts';
import { type Cause, causeNames, causes } from '../../../domain/reconciliation/discrepancies.ts';
import { aMovement } from '../../build/movement.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
let sellerId: SellerId;
beforeEach(async () => {
  api = await startApi();
  sellerId = await api.makeSeller({ status: 'active' });
});

type Shown = { id: string; cause: Cause; [field: string]: unknown };
const list = async (query = '') => {
  const { status, body } = await api.get(`/v1/discrepancies${query}`, 'read');
  expect(status).toBe(200);
  return body as { data: Shown[]; hasMore: boolean; nextCursor: string | null };
};
const find = (...found: Difference[]) =>
  api.db.transaction().execute((tx) => openDiscrepancies(tx, found));
const atStripe = { movementId: 'txn_1', object: 'tr_1', net: 40_00, currency: 'eur' };
const transfer = (): Difference => ({
  cause: 'transfer-not-ordered',
  object: 'tr_1',
  sellerId,
  atStripe,
});
const amount = (): Difference => ({
  cause: 'amount-differs',
  object: 'txn_2',
  sellerId,
  atStripe: { ...atStripe, movementId: 'txn_2', currency: 'usd' },
  inLedger: { entryId: 7, net: 41_00, currency: 'eur' },
});
const ofPlatform = (): Difference => ({
  cause: 'payout-unknown',
  object: 'tr_3',
  sellerId: null,
  atStripe,
});
const close = (id: string, body: object = { reason: 'A gift', outcome: 'not-owed' }) =>
  api.post(`/v1/discrepancies/${id}/close`, body);

describe('a discrepancy', () => {
  test('over another line of an object that a person was done with is a new one', async () => {
    const again = { ...transfer(), atStripe: { ...atStripe, movementId: 'txn_9' } };
    await find(transfer());
    await find(again);
    const [first] = (await list()).data;
    expect((await list()).data).toHaveLength(1);
    await close(String(first?.id));
    await find(transfer(), again);
    await find(again);
    expect((await list('?state=open')).data).toMatchObject([
      { cause: 'transfer-not-ordered', atStripe: { movementId: 'txn_9', stripeId: 'tr_1' } },
    ]);
  });

  test('tells its cause, what is on each side, since when, who acts and what is to be done', async () => {
    await find(amount());
    await api.patch(`/v1/sellers/${sellerId}`, { displayName: 'Ada' });
    const { data } = await list();
    expect(data).toMatchObject([
      {
        state: 'open',
        seller: { displayName: 'Ada' },
        cause: 'amount-differs',
        explanation: causes['amount-differs'].what,
        remedy: causes['amount-differs'].remedy,
        owner: 'operator',
        sellerId,
        atStripe: {
          money: { amount: 40_00, currency: 'usd' },
          movementId: 'txn_2',
          stripeId: 'tr_1',
        },
        inLedger: { money: { amount: 41_00, currency: 'eur' }, entryId: '7' },
        closedAt: null,
      },
    ]);
    const read = await api.get(`/v1/discrepancies/${data[0]?.id}`, 'read');
    expect(read.body).toEqual(data[0]);
  });

  test.each(causeNames)('of the cause %s has words, an owner and a remedy', async (cause) => {
    await find({ ...transfer(), cause });
    expect((await list(`?cause=${cause}`)).data).toMatchObject([{ cause }]);
  });

  test('is closed once, with a reason and under a key, and never opened again', async () => {
    await find(transfer());
    const [open] = (await list()).data;
    const { status, body } = await close(open?.id ?? '');
    expect([status, body]).toMatchObject([
      200,
      {
        state: 'closed',
        outcome: 'not-owed',
        closeReason: 'A gift',
        closedBy: expect.stringMatching(/^key_/),
      },
    ]);
    expect((await close(open?.id ?? '')).body['type']).toBe('/problems/discrepancy-closed');
    await find(transfer());
    expect((await list('?state=open')).data).toEqual([]);
    expect((await list('?state=closed')).data).toMatchObject([{ id: open?.id }]);
  });

  test('about money without an order is closed only with what the money was for', async () => {
    const line = { ...aMovement('payment', 40_00), id: 'txn_1', object: 'tr_1' };
    await api.db.transaction().execute((tx) => keepLines(tx, sellerId, [line]));
    await find(transfer(), amount());
    const all = (await list()).data;
    const idOf = (cause: Cause) => String(all.find((one) => one.cause === cause)?.id);
    const unsaid = await close(idOf('transfer-not-ordered'), { reason: 'x' });
    expect(unsaid).toMatchObject({ status: 409, body: { type: '/problems/outcome-needed' } });
    expect(unsaid.body['detail']).toContain('`not-owed`');
    for (const [id, detail] of [
      [idOf('amount-differs'), 'This discrepancy has no outcome'],
      [idOf('transfer-not-ordered'), 'At the platform, 0.00 EUR is owed to the seller'],
    ] as const) {
      const { body } = await close(id, { reason: 'x', outcome: 'owed' });
      expect(body).toMatchObject({
        type: '/problems/discrepancy-not-closable',
        detail: expect.stringContaining(detail),
      });
    }
    expect((await list('?state=open')).data).toHaveLength(2);
  });

  test('is closed by nobody without the right, a reason, or its id', async () => {
    await find(transfer());
    const [open] = (await list()).data;
    const path = `/v1/discrepancies/${open?.id}/close`;
    for (const [answered, type] of [
      [await api.post(path, { reason: 'x' }, { as: 'read' }), 'forbidden'],
      [await api.post(path, {}), 'invalid-request'],
      [await api.post(path, { reason: '' }), 'invalid-request'],
      [await api.post(path, { reason: 'x' }, { key: null }), 'idempotency-key-missing'],
      [await close(newId('disc')), 'unknown-discrepancy'],
    ] as const) {
      expect(answered.body['type']).toBe(`/problems/${type}`);
    }
    expect((await list('?state=open')).data).toHaveLength(1);
  });
});

describe('the list', () => {
  test.each([
    ['', 3, 'all'],
    ['?state=open', 3, 'none is closed'],
    ['?state=closed', 0, 'none is closed'],
    ['?cause=amount-differs', 1, 'of a cause'],
    ['?currency=usd', 1, 'of a currency on either side'],
    ['?currency=eur', 3, 'of the other'],
    ['?sellerId=SELLER', 2, 'of a seller'],
  ])('for %s has %i: %s', async (query, count) => {
    await find(transfer(), amount(), ofPlatform());
    expect((await list(query.replace('SELLER', sellerId))).data).toHaveLength(count);
  });

  test('tells each once, newest first, whatever the pages', async () => {
    for (let one = 0; one < 5; one += 1) await find({ ...transfer(), object: `tr_${one}` });
    const seen: Shown[] = [];
    let cursor: string | null = null;
    do {
      const page = await list(`?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen.map(({ object }) => object)).toEqual(['tr_4', 'tr_3', 'tr_2', 'tr_1', 'tr_0']);
  });

  test.each(['?state=new', '?cause=x', '?currency=EURO', '?sellerId=x', '?cursor=x', '?page=1'])(
    'is not told for %s',
    async (query) => {
      expect((await api.get(`/v1/discrepancies${query}`)).status).toBe(400);
    },
  );
});

describe('what differs', () => {
  test('waits for a person, in attention, until it is closed', async () => {
    await find(transfer(), ofPlatform());
    const { body } = await api.get('/v1/attention');
    type Entry = { id: string; sellerId: string | null; explain: string; commands: object[] };
    const data = body['data'] as Entry[];
    expect(data).toMatchObject([
      { kind: 'discrepancy', atStake: [{ amount: 40_00, currency: 'eur' }] },
      { kind: 'discrepancy' },
    ]);
    for (const { id, sellerId: of, explain, commands } of data) {
      expect((await api.get(explain)).body).toMatchObject({ id });
      const path = `/v1/discrepancies/${id}/close`;
      // Money whose seller is not known cannot count as paid.
      const outcomes = of === null ? ['not-owed'] : ['owed', 'not-owed'];
      expect(commands).toMatchObject(outcomes.map((outcome) => ({ path, body: { outcome } })));
      expect(commands).toHaveLength(outcomes.length);
      await close(id);
    }
    expect((await api.get('/v1/attention')).body['data']).toEqual([]);
  });

  test('is counted where readiness is asked for, and told where a seller is explained', async () => {
    await find(transfer(), ofPlatform());
    const ready = (await (await api.app.request('/ready')).json()) as object;
    expect(ready).toMatchObject({ openDiscrepancies: 2 });
    const { body } = await api.get(`/v1/sellers/${sellerId}/explain`);
    expect(body['differences']).toMatchObject([
      { cause: 'transfer-not-ordered', owner: 'operator' },
    ]);
  });

  test('is counted beside how far both sides were read', async () => {
    await find(transfer());
    const { status, body } = await api.get('/v1/reconciliation', 'read');
    expect([status, body]).toMatchObject([
      200,
      {
        lastPassAt: null,
        platform: { readUntil: null, linesUpTo: null, isReading: false, lines: [] },
        accounts: { count: 1, neverRead: 1, readUntil: null, sums: [] },
        openLines: 0,
        unconfirmedEntries: 0,
        openDiscrepancies: 1,
      },
    ]);
  });
});
