import { beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../harness.ts';
import { keys } from '../plumbing.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const unknownSeller = 'sel_00000000000000000000';
const unknownPayout = 'payout_00000000000000000000';
const seller = { email: 'ada@shop.example', country: 'DE' };

test.each([
  ['GET', `/v1/sellers/${unknownSeller}`],
  ['GET', `/v1/payouts/${unknownPayout}/explain`],
  ['GET', '/v1/operations'],
  ['POST', `/v1/payouts/${unknownPayout}/cancel`],
])('%s %s takes no query, so that nothing asked for is ignored', async (method, path) => {
  const send = () =>
    method === 'GET' ? api.get(`${path}?dryRun=1`) : api.post(`${path}?dryRun=1`, {});
  const { status, body } = await send();
  const rule = 'is not a field of this request';
  expect([status, body['errors']]).toEqual([400, [{ in: 'query', pointer: '/dryRun', rule }]]);
});

test('no route under /v1 ignores a query field', async () => {
  const document = await (await api.app.request('/openapi.json')).json();
  const { paths } = document as { paths: Record<string, Record<string, unknown>> };
  const routes = Object.entries(paths).filter(([path]) => path.startsWith('/v1/'));
  expect(routes.length).toBeGreaterThan(30);
  for (const [path, methods] of routes) {
    for (const method of Object.keys(methods)) {
      for (const name of ['dryRun', '__proto__', 'a/b']) {
        const target = `${path.replaceAll(/\{\w+\}/g, unknownSeller)}?${encodeURIComponent(name)}=1`;
        const headers = { authorization: `Bearer ${keys.admin}` };
        const answer = await api.app.request(target, { method: method.toUpperCase(), headers });
        const { errors } = (await answer.json()) as Record<string, unknown>;
        const pointer = `/${name.replace('/', '~1')}`;
        const rule = 'is not a field of this request';
        expect([target, answer.status, errors]).toEqual([
          target,
          400,
          expect.arrayContaining([{ in: 'query', pointer, rule }]),
        ]);
      }
    }
  }
});

describe('a rule that a schema left to zod is told in our words', () => {
  test.each([
    [{ ...seller, email: 7 }, '/email', 'must be an email address'],
    [{ country: 'DE' }, '/email', 'is required'],
    [{ ...seller, metadata: [] }, '/metadata', 'must be an object'],
    [{ ...seller, metadata: { a: 1 } }, '/metadata/a', 'must be a text'],
    [
      { ...seller, schedule: { interval: 'daily', weekdays: 'mon' } },
      '/schedule/weekdays',
      'must be a list',
    ],
    [[], '', 'must be an object'],
  ])('%j: %s %s', async (body, pointer, rule) => {
    const refused = await api.post('/v1/sellers', body);
    expect(refused.body['errors']).toEqual([{ in: 'body', pointer, rule }]);
  });

  test.each([
    [0, 'must be at least 1'],
    [0.5, 'must be a whole number'],
    ['x', 'must be a number'],
  ])('advanceMinutes %j %s', async (advanceMinutes, rule) => {
    const { body } = await api.post('/v1/test/clock', { advanceMinutes });
    expect(body['errors']).toEqual([{ in: 'body', pointer: '/advanceMinutes', rule }]);
  });
});
