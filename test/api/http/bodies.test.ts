import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { repeatedName } from '../../../api/http/bodies.ts';
import { startApi, type TestApi } from '../harness.ts';
import { keys } from '../plumbing.ts';

let api: TestApi;
let sellerId: string;
beforeAll(async () => {
  api = await startApi();
  sellerId = await api.makeSeller({ status: 'active' });
});

async function sendBytes(path: string, body: Buffer | string, key: string) {
  const headers = {
    authorization: `Bearer ${keys.admin}`,
    'content-type': 'application/json',
    'idempotency-key': key,
  };
  const answer = await api.app.request(path, { method: 'POST', headers, body });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('names in another encoding are refused: two of them would become one', async () => {
  for (const [index, name] of ['Händler', 'Höndler'].entries()) {
    const text = `{"email":"a@b.example","country":"DE","externalId":"${name}"}`;
    const refused = await sendBytes('/v1/sellers', Buffer.from(text, 'latin1'), `latin1-${index}`);
    expect(refused).toMatchObject({ status: 400, body: { type: '/problems/bad-json' } });
    const taken = await sendBytes('/v1/sellers', Buffer.from(text, 'utf8'), `utf8-${index}`);
    expect(taken).toMatchObject({ status: 201, body: { externalId: name } });
  }
});

describe('a name given twice in one object is refused: only its last value would count', () => {
  test.each([
    ['{"amount":5,"currency":"eur","amount":7}', '/amount', 'beside each other'],
    ['{"amount":5,"currency":"eur","am\\u006funt":7}', '/amount', 'the same name, escaped'],
    ['{"amount":5, "currency":"eur", "currency" : "usd"}', '/currency', 'with white space'],
    ['{"a/b":1,"a/b":2}', '/a~1b', 'pointers are escaped'],
  ])('%s at %s: %s', async (text, pointer) => {
    const path = `/v1/sellers/${sellerId}/earnings`;
    const { status, body } = await sendBytes(path, text, pointer);
    const errors = [{ in: 'body', pointer, rule: 'must be given once' }];
    expect([status, body['type'], body['errors']]).toEqual([
      400,
      '/problems/invalid-request',
      errors,
    ]);
  });

  test('in a list the place is named too', () => {
    const text = '{"earnings":[{"amount":1,"x":[1,2]},{"amount":1,"m":{"k":1,"k":2}}]}';
    expect(repeatedName(text)).toEqual(['earnings', 1, 'm', 'k']);
  });

  test('whatever JavaScript writes has no name twice', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(repeatedName(JSON.stringify(value))).toBeUndefined();
        expect(repeatedName(JSON.stringify(value, null, 2))).toBeUndefined();
      }),
    );
  });

  test('a name added once more is found, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.jsonValue(), (name, a, b) => {
        const [key, first, last] = [name, a, b].map((value) => JSON.stringify(value));
        expect(repeatedName(`[0,{${key}:${first},"":${key},${key}:${last}}]`)?.at(0)).toBe(1);
      }),
    );
  });

  test.each(['', '{', '}', '{"a', '{"a":1,"a"', ']]]', '"\\', '{"\\x":1}'])(
    'what is no JSON is left to the parser: %s',
    (text) => {
      expect(repeatedName(text)).toBeUndefined();
    },
  );

  // Any way but one pass would take hours.
  test('a body of the largest size is read in one pass', () => {
    for (const text of ['"'.repeat(2 ** 20), `"${'\\n'.repeat(2 ** 19)}"`, '['.repeat(2 ** 20)]) {
      expect(repeatedName(text)).toBeUndefined();
    }
  });
});

describe('a POST that needs no body', () => {
  test.each([{ 'content-type': 'application/json' }, {}])('takes none, with %j', async (type) => {
    const headers = {
      authorization: `Bearer ${keys.admin}`,
      'idempotency-key': `no-body-${Object.keys(type).length}`,
    };
    const path = `/v1/sellers/${sellerId}/payouts`;
    const answer = await api.app.request(path, {
      method: 'POST',
      headers: { ...headers, ...type },
    });
    expect(answer.status).toBe(202);
  });
});
