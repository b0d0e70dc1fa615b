import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { toProblem } from '../../../api/http/validation.ts';
import { until } from '../../../dev/wait.ts';
import { startApi } from '../harness.ts';
import { untilUnlocked } from '../plumbing.ts';

const seller = { email: 'ada@shop.example', country: 'DE' };

test('a fault of ours is a 500 that tells nothing but the name of the request', async () => {
  const { db, post, lines } = await startApi();
  await sql`alter table wake_ups rename column topics to gone`.execute(db);
  const { status, body, headers } = await post('/v1/sellers', seller);
  expect(status).toBe(500);
  expect(body).toMatchObject({
    type: '/problems/internal',
    requestId: headers.get('x-request-id'),
  });
  expect(lines).toContainEqual(
    expect.objectContaining({ event: 'fault', code: '42703', requestId: body['requestId'] }),
  );
  expect(JSON.stringify([body, lines])).not.toMatch(/@|topics/);
  const { rows } = await sql`select from sellers`.execute(db);
  expect(rows).toEqual([]);
});

test('a database that goes away in the middle is a 503, and sending it again works', async () => {
  const { db, post } = await startApi();
  const waiting = sql<{ pid: number }>`select pid from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  await db.transaction().execute(async (tx) => {
    await sql`lock table sellers`.execute(tx);
    const answer = post('/v1/sellers', seller, { key: 'once' });
    await until('the request waits for the table', async () => {
      return (await waiting.execute(db)).rows.length > 0;
    });
    await sql`select pg_terminate_backend(pid) from (${waiting}) as blocked`.execute(db);
    const { status, body, headers } = await answer;
    expect([status, body['type']]).toEqual([503, '/problems/unavailable']);
    expect(headers.get('retry-after')).toBe('5');
  });
  await untilUnlocked(db);
  expect((await post('/v1/sellers', seller, { key: 'once' })).status).toBe(201);
});

test.each([
  ['40P01', 'unavailable', 'a deadlock: the database undid everything'],
  ['40001', 'unavailable', 'two that could not stand side by side'],
  ['57P03', 'unavailable', 'a server that starts'],
  ['23505', 'internal', 'a constraint that nobody expected to break'],
])('%s of the database is %s: %s', (code, kind) => {
  expect(toProblem(Object.assign(new Error('x'), { code })).kind).toBe(kind);
});

test.each([
  ['Client has encountered a connection error and is not queryable', 'found broken before use'],
  ['Client was closed and is not queryable', 'closed between two statements'],
  ['Connection terminated unexpectedly', 'lost under a statement'],
])('a connection to the database that is gone is a 503: %s (%s)', (message) => {
  expect(toProblem(new Error(message)).kind).toBe('unavailable');
});

test('a request keeps the name that its caller gave it, if that is a plain one', async () => {
  const { app } = await startApi();
  const nameOf = async (given: string) => {
    const response = await app.request('/v1/sellers', { headers: { 'x-request-id': given } });
    return response.headers.get('x-request-id');
  };
  expect(await nameOf('trace-1.a_B')).toBe('trace-1.a_B');
  expect(await nameOf('ada@shop.example')).toMatch(/^req_/);
  expect(await nameOf('x'.repeat(65))).toMatch(/^req_/);
});
