import { beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
let sellerId: string;
beforeAll(async () => {
  api = await startApi();
  sellerId = await api.makeSeller({ status: 'active' });
});

const unknownSeller = 'sel_00000000000000000000';
const unknownPayout = 'payout_00000000000000000000';
const seller = { email: 'ada@shop.example', country: 'DE' };
const earning = { amount: 5_00, currency: 'eur' };

/** Everything that a caller could have changed. */
async function everything() {
  const tables = ['sellers', 'earnings', 'payouts', 'ledger_entries', 'commands', 'wake_ups'];
  const counts = tables.map(async (table) => {
    const { rows } = await api.db.executeQuery<{ n: number }>({
      ...api.db
        .selectFrom(table as 'sellers')
        .select(api.db.fn.countAll().as('n'))
        .compile(),
    });
    return [table, Number(rows[0]?.n)];
  });
  return Object.fromEntries(await Promise.all(counts)) as Record<string, number>;
}

async function refusedTo(send: () => Promise<{ status: number; body: Record<string, unknown> }>) {
  const before = await everything();
  const { status, body } = await send();
  expect(await everything()).toEqual(before);
  const errors = (body['errors'] ?? []) as { pointer: string; rule: string }[];
  return { status, type: body['type'], errors, text: JSON.stringify(body) };
}

describe('a body that breaks a rule is refused, with the field and the rule, and changes nothing', () => {
  test.each<[where: string, what: unknown, field: string, why: string]>([
    // where     what                                              field            why
    ['sellers', { country: 'DE' }, '/email', 'email missing'],
    ['sellers', { ...seller, email: 'ada' }, '/email', 'no address'],
    ['sellers', { ...seller, email: `${'a'.repeat(250)}@b.example` }, '/email', 'too long'],
    ['sellers', { ...seller, email: 7 }, '/email', 'not a text'],
    ['sellers', { email: seller.email }, '/country', 'country missing'],
    ['sellers', { ...seller, country: 'de' }, '/country', 'lower case'],
    ['sellers', { ...seller, country: 'XX' }, '/country', 'no such country'],
    ['sellers', { ...seller, currency: 'EUR' }, '/currency', 'upper case'],
    ['sellers', { ...seller, currency: 'xxx' }, '/currency', 'no such currency'],
    ['sellers', { ...seller, entityType: 'dog' }, '/entityType', 'not one of them'],
    ['sellers', { ...seller, externalId: '' }, '/externalId', 'empty'],
    ['sellers', { ...seller, externalId: 'a\0b' }, '/externalId', 'NUL'],
    ['sellers', { ...seller, externalId: ' ' }, '/externalId', 'blank'],
    ['sellers', { ...seller, displayName: '\u200b' }, '/displayName', 'nothing to see'],
    ['sellers', { ...seller, displayName: 'a\u202eb' }, '/displayName', 'turns the text round'],
    ['sellers', { ...seller, displayName: 'a\u0007' }, '/displayName', 'a bell'],
    ['sellers', { ...seller, externalId: 'x'.repeat(256) }, '/externalId', 'too long'],
    ['sellers', { ...seller, displayName: 'a\ud800' }, '/displayName', 'half a character'],
    ['sellers', { ...seller, metadata: { a: 1 } }, '/metadata/a', 'not a text'],
    ['sellers', { ...seller, metadata: { a: 'x\0' } }, '/metadata/a', 'NUL'],
    ['sellers', { ...seller, metadata: { 'a b': 'x' } }, '/metadata/a b', 'bad name'],
    ['sellers', { ...seller, metadata: [] }, '/metadata', 'a list'],
    ['sellers', { ...seller, metadata: manyNames(51) }, '/metadata', 'too many'],
    ['sellers', { ...seller, status: 'active' }, '/status', 'unknown field'],
    ['sellers', [], '', 'a list'],
    ['sellers', null, '', 'null'],
    ['sellers', 'x', '', 'a text'],
    ['earnings', { currency: 'eur' }, '/amount', 'amount missing'],
    ['earnings', { ...earning, amount: 0 }, '/amount', 'nothing'],
    ['earnings', { ...earning, amount: -1 }, '/amount', 'negative'],
    ['earnings', { ...earning, amount: 0.5 }, '/amount', 'fraction'],
    ['earnings', { ...earning, amount: '500' }, '/amount', 'a text'],
    ['earnings', { ...earning, amount: 1_000_000_000_000 }, '/amount', 'huge'],
    ['earnings', { ...earning, amount: 1e300 }, '/amount', 'enormous'],
    ['earnings', { ...earning, amount: null }, '/amount', 'null'],
    ['earnings', { amount: 1 }, '/currency', 'currency missing'],
    ['earnings', { ...earning, currency: 'EUR' }, '/currency', 'upper case'],
    ['earnings', { ...earning, currency: 'euro' }, '/currency', 'no such currency'],
    ['earnings', { ...earning, charge: 'pi_1' }, '/charge', 'not a charge'],
    ['earnings', { ...earning, charge: "ch_1' or 1=1" }, '/charge', 'not an id'],
    ['earnings', { ...earning, availableOn: '2026-12-24' }, '/availableOn', 'a day'],
    [
      'earnings',
      { ...earning, availableOn: '2026-02-30T00:00:00Z' },
      '/availableOn',
      'no such day',
    ],
    ['earnings', { ...earning, availableOn: '2026-12-24T00:00:00' }, '/availableOn', 'no offset'],
    ['earnings', { ...earning, availableOn: '0000-01-01T00:00:00Z' }, '/availableOn', 'year 0'],
    ['earnings', { ...earning, availableOn: '9999-12-31T23:59:59Z' }, '/availableOn', 'too late'],
    ['earnings', { ...earning, availableOn: 1_800_000_000 }, '/availableOn', 'a number'],
    [
      'earnings',
      { ...earning, charge: 'ch_1', availableOn: '2026-12-24T00:00:00Z' },
      '/availableOn',
      'both',
    ],
    ['earnings', { ...earning, description: 'x'.repeat(1001) }, '/description', 'too long'],
    ['earnings', { ...earning, 'a/b~c': 1 }, '/a~1b~0c', 'unknown field'],
    ['payouts', { amount: 0 }, '/amount', 'nothing'],
    ['payouts', { amount: 1.5 }, '/amount', 'fraction'],
    ['payouts', { amount: Number.MAX_SAFE_INTEGER }, '/amount', 'huge'],
    ['payouts', { currency: 'usdx' }, '/currency', 'no such currency'],
    ['payouts', { to: 'acct_1' }, '/to', 'unknown field'],
  ])('%s %j: %s (%s)', async (where, what, field) => {
    const path = where === 'sellers' ? '/v1/sellers' : `/v1/sellers/${sellerId}/${where}`;
    const { status, type, errors } = await refusedTo(() => api.post(path, what));
    expect([status, type]).toEqual([400, '/problems/invalid-request']);
    expect(errors.map(({ pointer }) => pointer)).toEqual([field]);
    expect(errors[0]?.rule).toMatch(/^(must|is) /);
  });

  test('names every field at once', async () => {
    const { errors } = await refusedTo(() =>
      api.post('/v1/sellers', { email: 1, country: 2, x: 3 }),
    );
    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual(['/country', '/email', '/x']);
  });

  test('__proto__ as a name is refused, not swallowed', async () => {
    for (const field of ['"metadata":{"__proto__":"x"}', '"__proto__":{"country":"DE"}']) {
      const body = `{"email":"a@b.example","country":"DE",${field}}`;
      const { status } = await refusedTo(() => api.send('/v1/sellers', body));
      expect(status).toBe(400);
    }
  });

  test('no refusal repeats an email address', async () => {
    const email = 'ada@shop.example';
    const { text } = await refusedTo(() => api.post('/v1/sellers', { email, country: email }));
    expect(text).not.toContain('@');
    expect(JSON.stringify(api.lines)).not.toContain('@');
  });
});

describe('a request that is none', () => {
  test.each([
    ['half a document', '{"email":', 400, 'bad-json'],
    ['nothing where something is required', '', 400, 'invalid-request'],
    ['nested without end', '['.repeat(200_000), 400, 'bad-json'],
    ['two MiB', JSON.stringify({ email: 'x'.repeat(2 ** 21) }), 413, 'body-too-large'],
  ])('%s is refused', async (_what, body, status, kind) => {
    const refused = await refusedTo(() => api.send('/v1/sellers', body));
    expect([refused.status, refused.type]).toEqual([status, `/problems/${kind}`]);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense'])(
    'as %s is refused',
    async (type) => {
      const headers = { 'content-type': type };
      const refused = await refusedTo(() => api.post('/v1/sellers', seller, { headers }));
      expect([refused.status, refused.type]).toEqual([415, '/problems/not-json']);
    },
  );

  test.each([
    ['without a key', null, 'idempotency-key-missing'],
    ['with an empty key', '', 'idempotency-key-invalid'],
    ['with a key too long', 'k'.repeat(256), 'idempotency-key-invalid'],
    ['with a key beyond ASCII', 'schlüssel', 'idempotency-key-invalid'],
    ['with two keys, which arrive as one', 'first, second', 'idempotency-key-invalid'],
  ])('%s is refused', async (_what, key, kind) => {
    for (const path of ['/v1/sellers', `/v1/sellers/${sellerId}/payouts`]) {
      const refused = await refusedTo(() => api.post(path, seller, { key }));
      expect([refused.status, refused.type]).toEqual([400, `/problems/${kind}`]);
    }
  });
});

describe('who asks', () => {
  test.each([
    ['nobody', {}],
    ['a stranger', { authorization: 'Bearer pe_unknown' }],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['a header without end', { authorization: `Bearer ${'x'.repeat(10_000)}` }],
  ])('%s is told to bring a key', async (_who, headers) => {
    for (const path of ['/v1/sellers', '/v1/nowhere']) {
      const response = await api.app.request(path, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  test('a key that may only read changes nothing', async () => {
    const refused = await refusedTo(() => api.post('/v1/sellers', seller, { as: 'read' }));
    expect([refused.status, refused.type]).toEqual([403, '/problems/forbidden']);
    expect((await api.get('/v1/sellers', 'read')).status).toBe(200);
  });
});

describe('what is not there', () => {
  test.each([
    [`/v1/sellers/${unknownSeller}`, 'unknown-seller'],
    ['/v1/sellers/1', 'unknown-seller'],
    ['/v1/sellers/%00', 'unknown-seller'],
    ['/v1/sellers/%E0%A4%A', 'unknown-seller'],
    [`/v1/sellers/${unknownSeller}/earnings`, 'unknown-seller'],
    [`/v1/sellers/${unknownSeller}/payouts`, 'unknown-seller'],
    [`/v1/sellers/${unknownSeller}/balances`, 'unknown-seller'],
    [`/v1/payouts/${unknownPayout}`, 'unknown-payout'],
    [`/v1/payouts/${unknownPayout}/items`, 'unknown-payout'],
    [`/v1/payouts/${unknownPayout}/attempts`, 'unknown-payout'],
    [`/v1/payouts/${unknownPayout}/timeline`, 'unknown-payout'],
    ["/v1/payouts/payout_'; drop table payouts", 'unknown-payout'],
    ['/v1/nowhere', 'unknown-path'],
  ])('%s is %s', async (path, kind) => {
    const { status, body } = await api.get(path);
    expect([status, body['type']]).toEqual([404, `/problems/${kind}`]);
    expect(body['requestId']).toEqual(expect.any(String));
  });

  test.each([
    [`/v1/sellers/${unknownSeller}/earnings`, { amount: 1, currency: 'eur' }, 'unknown-seller'],
    [`/v1/sellers/${unknownSeller}/payouts`, {}, 'unknown-seller'],
    [`/v1/payouts/${unknownPayout}/confirm-sent`, { stripeId: 'tr_1' }, 'unknown-payout'],
    [`/v1/payouts/${unknownPayout}/confirm-not-sent`, {}, 'unknown-payout'],
    [`/v1/payouts/${unknownPayout}/retry`, {}, 'unknown-payout'],
    ['/v1/holds/1/release', { reason: 'x' }, 'unknown-hold'],
    [`/v1/sellers/${unknownSeller}/bank-accounts/1/resume`, {}, 'unknown-bank-account'],
  ])('POST %s changes nothing', async (path, body, kind) => {
    const refused = await refusedTo(() => api.post(path, body));
    expect([refused.status, refused.type]).toEqual([404, `/problems/${kind}`]);
  });

  test('HEAD is answered where GET is, without a body', async () => {
    const headers = { authorization: 'Bearer pe_admin_0123456789abcdef' };
    const response = await api.app.request('/v1/sellers', { method: 'HEAD', headers });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test('another method is answered with those that the path takes', async () => {
    const headers = { authorization: 'Bearer pe_admin_0123456789abcdef' };
    const response = await api.app.request('/v1/sellers', { method: 'DELETE', headers });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD']);
  });
});

describe('a list', () => {
  test.each([
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=ten', '/limit'],
    ['limit=0x10', '/limit'],
    ['limit=%205', '/limit'],
    ['limit=1&limit=2', '/limit'],
    ['cursor=', '/cursor'],
    ['cursor=nonsense', '/cursor'],
    ['cursor=%00', '/cursor'],
    [`cursor=${Buffer.from(unknownPayout).toString('base64url')}`, '/cursor'],
    ['status=asleep', '/status'],
    ['externalId=%00', '/externalId'],
    ['externalId=%ff', '/externalId'],
    ['sort=asc', '/sort'],
  ])('of sellers asked with %s is refused at %s', async (query, field) => {
    const { status, errors } = await refusedTo(() => api.get(`/v1/sellers?${query}`));
    expect([status, errors.map(({ pointer }) => pointer)]).toEqual([400, [field]]);
  });

  test.each([
    ['sellerId=acct_1', '/sellerId'],
    ['parked=yes', '/parked'],
    ['status=requested,paid', '/status'],
    [`cursor=${Buffer.from(unknownSeller).toString('base64url')}`, '/cursor'],
  ])('of payouts asked with %s is refused at %s', async (query, field) => {
    const { status, errors } = await refusedTo(() => api.get(`/v1/payouts?${query}`));
    expect([status, errors.map(({ pointer }) => pointer)]).toEqual([400, [field]]);
  });
});

function manyNames(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 'x']));
}
