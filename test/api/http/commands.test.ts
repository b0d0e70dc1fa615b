import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { executeCommand } from '../../../db/commands.ts';
import { startApi, type TestApi } from '../harness.ts';
import { untilUnlocked } from '../plumbing.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const seller = { email: 'ada@shop.example', country: 'DE' };
/** An answer without what it says about being repeated. */
const then = ({ body: { replayed: _replayed, ...body } }: { body: Record<string, unknown> }) =>
  body;
const count = async (table: 'sellers' | 'commands' | 'earnings' | 'wake_ups') =>
  (await api.db.selectFrom(table).select(api.db.fn.countAll().as('n')).executeTakeFirstOrThrow()).n;

describe('a request sent again under its Idempotency-Key', () => {
  test('gets the first answer and does nothing', async () => {
    const first = await api.post('/v1/sellers', seller, { key: 'again' });
    const rows = await count('sellers');
    const second = await api.post('/v1/sellers', seller, { key: 'again' });
    expect(second.status).toBe(first.status);
    expect(then(second)).toEqual(first.body);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(await count('sellers')).toBe(rows);
  });

  test('is the same request in another order and with defaults spelled out', async () => {
    await api.post('/v1/sellers', seller, { key: 'spelled' });
    const asked =
      '{ "metadata": {}, "entityType": "individual", "currency":"eur",\n "country": "DE", "email":"ada@shop.example" }';
    const { headers, status } = await api.send('/v1/sellers', asked, { key: 'spelled' });
    expect([status, headers.get('idempotent-replayed')]).toEqual([201, 'true']);
  });

  test('tells the answer of then, though the seller has changed since', async () => {
    const first = await api.post('/v1/sellers', seller, { key: 'then' });
    await api.db.updateTable('sellers').set({ status: 'restricted' }).execute();
    const second = await api.post('/v1/sellers', seller, { key: 'then' });
    expect(then(second)).toEqual(first.body);
    expect(second.body['replayed']).toMatchObject({
      actedAgain: false,
      now: { object: 'seller', id: first.body['id'], state: 'restricted' },
      says: expect.stringContaining('Now: the seller is restricted'),
    });
  });

  test.each([
    ['body', '/v1/sellers', { ...seller, country: 'FR' }],
    ['path', '/v1/sellers/SELLER/payouts', {}],
  ])('but with another %s is refused', async (what, path, body) => {
    const key = `other ${what}`;
    await api.post('/v1/sellers', seller, { key });
    const id = await api.makeSeller();
    const refused = await api.post(path.replace('SELLER', id), body, { key });
    expect([refused.status, refused.body['type']]).toEqual([
      422,
      '/problems/idempotency-key-reused',
    ]);
  });

  test('by another API key is the same request: keys change while an order is repeated', async () => {
    const first = await api.post('/v1/sellers', seller, { key: 'mine' });
    const second = await api.post('/v1/sellers', seller, { key: 'mine', as: 'other' });
    expect(then(second)).toEqual(first.body);
    const id = await api.makeSeller();
    const order = (as: 'admin' | 'other') =>
      api.post(`/v1/sellers/${id}/payouts`, { amount: 100 }, { key: 'wages', as });
    const [ordered, again] = [await order('admin'), await order('other')];
    expect([again.status, again.body['id']]).toEqual([202, ordered.body['id']]);
  });

  test('twenty times at once does it once; the others are told so or get the answer', async () => {
    const rows = Number(await count('sellers'));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.post('/v1/sellers', seller, { key: 'crowd' })),
    );
    expect(Number(await count('sellers'))).toBe(rows + 1);
    for (const { status, body } of answers) {
      if (status !== 201) expect(body['type']).toBe('/problems/command-running');
    }
    const ids = answers.filter(({ status }) => status === 201).map(({ body }) => body['id']);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('an Idempotency-Key', () => {
  test('is free again after a refusal', async () => {
    const wrong = await api.post('/v1/sellers', { ...seller, country: 'XX' }, { key: 'free' });
    expect(wrong.status).toBe(400);
    const closed = await api.makeSeller({ status: 'closed' });
    const path = `/v1/sellers/${closed}/payouts`;
    expect((await api.post(path, {}, { key: 'free' })).body['type']).toBe(
      '/problems/seller-closed',
    );
    expect((await api.post('/v1/sellers', seller, { key: 'free' })).status).toBe(201);
  });

  test('answers 409 while its first request runs, and the answer after it', async () => {
    const command = await commandOf('slow');
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: inside, resolve: entered } = Promise.withResolvers<void>();
    const running = executeCommand(api.db, command, async () => {
      entered();
      await gate;
      return { status: 200, body: { done: true }, objectId: 'test' };
    });
    await inside;
    const second = await api.post('/v1/sellers', seller, { key: 'slow' });
    expect([second.status, second.body['type']]).toEqual([409, '/problems/command-running']);
    expect(second.headers.get('retry-after')).toBe('1');
    open();
    expect(await running).toMatchObject({ kind: 'done' });
    expect(await executeCommand(api.db, command, never)).toEqual({
      kind: 'replayed',
      actedAgain: false,
      before: expect.stringMatching(/Z$/),
      answer: { status: 200, body: { done: true }, objectId: 'test' },
    });
  });

  test('is free again, and nothing stands, when the connection dies in the middle', async () => {
    const command = await commandOf('crash');
    const crashed = executeCommand(api.db, command, async (tx) => {
      await tx
        .insertInto('wake_ups')
        .values({ workflow_id: 'crash', topics: ['account'] })
        .execute();
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
      throw new Error('still connected');
    });
    await expect(crashed).rejects.toThrow(/terminat/);
    expect(await api.wakeUps()).not.toContainEqual(
      expect.objectContaining({ workflow_id: 'crash' }),
    );
    await untilUnlocked(api.db);
    expect((await api.post('/v1/sellers', seller, { key: 'crash' })).status).toBe(201);
  });
});

async function commandOf(idempotencyKey: string) {
  const { id: apiKeyId } = await api.db
    .selectFrom('api_keys')
    .select('id')
    .where('name', '=', 'shop')
    .executeTakeFirstOrThrow();
  return { apiKeyId, idempotencyKey, requestHash: Buffer.alloc(32), kind: 'test' };
}

async function never(): Promise<never> {
  throw new Error('ran a second time');
}
