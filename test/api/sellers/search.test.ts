import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

async function make(given: { email: string; displayName?: string; externalId?: string }) {
  const { status, body } = await api.post('/v1/sellers', { country: 'DE', ...given });
  expect(status).toBe(201);
  return String(body['id']);
}

async function find(query: Record<string, string>): Promise<string[]> {
  const { status, body } = await api.get(`/v1/sellers?${new URLSearchParams(query).toString()}`);
  expect(status).toBe(200);
  return (body['data'] as { id: string }[]).map(({ id }) => id);
}

describe('a seller is found', () => {
  test('by its email address, whatever its letters’ case', async () => {
    const id = await make({ email: 'Grace.Hopper@shop.example' });
    expect(await find({ email: 'grace.hopper@SHOP.example' })).toEqual([id]);
    expect(await find({ email: 'grace@shop.example' })).toEqual([]);
    expect(await find({ email: 'grace_hopper@shop.example' })).toEqual([]);
  });

  test.each([
    ['Anna Katharina Müller', 'müller', 'one word in any case'],
    ['Lea Sonnenschein', 'sonnen', 'the beginning of a word'],
    ['Tim Berners-Lee', 'Tim Berners', 'several words'],
    ['Orla O’Brien & Sons', 'o’brien', 'punctuation'],
    ['山田太郎', '山田', 'a script without spaces'],
  ])('by the name %s when asked for %s: %s', async (displayName, name) => {
    const id = await make({ email: 'name@shop.example', displayName });
    expect(await find({ name })).toEqual([id]);
  });

  test('by no name that contains no letter or digit', async () => {
    await make({ email: 'stars@shop.example', displayName: '***' });
    for (const name of ['***', "'", ':*', '\\', '&|!()', "a' | 'b"]) {
      expect([name, await find({ name })]).toEqual([name, []]);
    }
  });

  test('by everything that is asked for at once', async () => {
    const given = { email: 'both@shop.example', displayName: 'Zora Both' };
    const first = await make({ ...given, externalId: 'both-1' });
    const second = await make({ ...given, externalId: 'both-2' });
    expect(await find({ email: given.email, name: 'zora' })).toEqual([second, first]);
    expect(await find({ email: given.email, externalId: 'both-1' })).toEqual([first]);
  });

  test('through an index, among any number of sellers', async () => {
    await sql`insert into sellers (id, email, display_name, country, currency, entity_type)
      select 'sel_' || lpad(n::text, 20, 'x'), 'n' || n || '@many.example', 'Name' || n || ' Many',
        'DE', 'eur', 'individual' from generate_series(1, 5000) as n`.execute(api.db);
    await sql`analyze sellers`.execute(api.db);
    const plans = [
      sql`lower(email) = lower('n17@many.example')`,
      sql`to_tsvector('simple', coalesce(display_name, '')) @@ 'name17:*'::tsquery`,
    ];
    const used = [];
    for (const where of plans) {
      const { rows } = await sql<Record<string, string>>`explain select * from sellers
        where ${where} order by created_at desc, id desc limit 21`.execute(api.db);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      used.push(/sellers_of_(?:email|name)/.exec(plan)?.[0]);
    }
    expect(used).toEqual(['sellers_of_email', 'sellers_of_name']);
  });
});

describe('an externalId', () => {
  test('can be given later and replaced, as an event says', async () => {
    const id = await make({ email: 'later@shop.example' });
    const changed = await api.patch(`/v1/sellers/${id}`, { externalId: 'later-1' });
    expect([changed.status, changed.body['externalId']]).toEqual([200, 'later-1']);
    expect(await find({ externalId: 'later-1' })).toEqual([id]);
    await api.patch(`/v1/sellers/${id}`, { externalId: 'later-2' });
    expect(await find({ externalId: 'later-1' })).toEqual([]);
    const events = await api.db
      .selectFrom('events')
      .select('type')
      .where('object_id', '=', id)
      .orderBy('sequence')
      .execute();
    expect(events.map(({ type }) => type)).toEqual([
      'seller.created',
      'seller.changed',
      'seller.changed',
    ]);
  });

  test('that another seller has is refused', async () => {
    await make({ email: 'first@shop.example', externalId: 'taken' });
    const id = await make({ email: 'second@shop.example', externalId: 'own' });
    const { status, body } = await api.patch(`/v1/sellers/${id}`, { externalId: 'taken' });
    expect([status, body['type']]).toEqual([409, '/problems/external-id-taken']);
    expect((await api.get(`/v1/sellers/${id}`)).body['externalId']).toBe('own');
  });
});
