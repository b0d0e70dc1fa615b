import { beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const asked = { name: 'billing', role: 'read' };

function make(body: unknown = asked, options: Parameters<TestApi['post']>[2] = {}) {
  return api.post('/v1/api-keys', body, options);
}

/** What the API says to whoever comes with this key. */
async function statusWith(key: unknown, init: RequestInit = {}): Promise<number> {
  const headers = { authorization: `Bearer ${String(key)}`, 'content-type': 'application/json' };
  return (await api.app.request('/v1/operations', { headers, ...init })).status;
}

describe('a new API key', () => {
  test('is told once, lets its holder in by its role, and is listed without itself', async () => {
    const { status, body, headers } = await make();
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({ ...asked, key: expect.stringMatching(/^pe_[0-9a-f]{40}$/) });
    expect(await statusWith(body['key'])).toBe(200);
    const { key, ...shown } = body;
    const listed = (await api.get('/v1/api-keys')).body['data'] as unknown[];
    expect(listed[0]).toEqual({ ...shown, revokedAt: null });
    expect(JSON.stringify(listed)).not.toContain(key);
  });

  test('is not in the stored answer: a repeat is the same key without telling it', async () => {
    const first = await make(asked, { key: 'one-key-please' });
    const { key, ...rest } = first.body;
    const again = await make(asked, { key: 'one-key-please' });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    const { replayed: _replayed, ...then } = again.body;
    expect(then).toEqual(rest);
    const rows = await api.db.selectFrom('commands').selectAll().execute();
    expect(JSON.stringify([rows, api.lines])).not.toContain(key);
  });

  test('with role read changes nothing, keys included, and sees none', async () => {
    const read = { as: 'read' } as const;
    expect((await make(asked, read)).status).toBe(403);
    expect((await api.get('/v1/api-keys', 'read')).body['type']).toBe('/problems/forbidden');
  });

  test.each<[body: unknown, field: string, why: string]>([
    [{ role: 'read' }, '/name', 'missing'],
    [{ name: 'a' }, '/role', 'missing'],
    [{ name: '', role: 'read' }, '/name', 'empty'],
    [{ name: 'x'.repeat(101), role: 'read' }, '/name', 'too long'],
    [{ name: 'a', role: 'owner' }, '/role', 'no such role'],
    [{ name: 'a', role: 'read', key: 'pe_mine' }, '/key', 'nobody chooses a key'],
  ])('of %j is refused at %s: %s', async (body, field) => {
    const { status, body: problem } = await make(body);
    expect([status, problem['errors']]).toMatchObject([400, [{ pointer: field }]]);
  });
});

describe('a revoked API key', () => {
  test('lets nobody in; revoked again it stays as it was', async () => {
    const { body } = await make();
    const path = `/v1/api-keys/${String(body['id'])}/revoke`;
    const revoked = await api.post(path, {});
    expect(revoked.body).toMatchObject({ id: body['id'], revokedAt: expect.any(String) });
    expect(await statusWith(body['key'])).toBe(401);
    expect((await api.post(path, {})).body).toEqual(revoked.body);
  });

  test('is never the one that asks, so that one is always left', async () => {
    const { id } = await api.db
      .selectFrom('api_keys')
      .select('id')
      .where('name', '=', 'shop')
      .executeTakeFirstOrThrow();
    const { status, body } = await api.post(`/v1/api-keys/${id}/revoke`, {});
    expect([status, body['type']]).toEqual([409, '/problems/api-key-in-use']);
  });

  test('is not both of two that revoke each other at once', async () => {
    const pair = await Promise.all([1, 2].map(() => make({ name: 'twin', role: 'admin' })));
    const [one, two] = pair.map(({ body }) => body as { id: string; key: string });
    if (!one || !two) throw new Error('no keys were made');
    const revoke = (by: string, id: string) =>
      api.app.request(`/v1/api-keys/${id}/revoke`, {
        method: 'POST',
        body: '{}',
        headers: {
          authorization: `Bearer ${by}`,
          'content-type': 'application/json',
          'idempotency-key': 'revoke-the-other',
        },
      });
    await Promise.all([revoke(one.key, two.id), revoke(two.key, one.id)]);
    const rows = await api.db
      .selectFrom('api_keys')
      .select('revoked_at')
      .where('id', 'in', [one.id as `key_${string}`, two.id as `key_${string}`])
      .execute();
    expect(rows.filter(({ revoked_at }) => revoked_at !== null)).toHaveLength(1);
  });

  test.each(['key_00000000000000000000', 'key_1', 'nonsense', 'sel_00000000000000000000'])(
    'is not %s: there is none',
    async (id) => {
      const { status, body } = await api.post(`/v1/api-keys/${id}/revoke`, {});
      expect([status, body['type']]).toEqual([404, '/problems/unknown-api-key']);
    },
  );
});
