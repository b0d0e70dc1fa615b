import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, expect, test } from 'vitest';
import { problemKinds } from '../../../api/http/problems.ts';
import { startApi, type TestApi } from '../harness.ts';

type Operation = {
  operationId?: string;
  tags?: string[];
  parameters?: { in: string; name: string; required?: boolean; schema?: { pattern?: string } }[];
  responses: Record<string, unknown>;
};

let api: TestApi;
let operations: { method: string; path: string; operation: Operation }[];
let document: {
  openapi: string;
  tags: { name: string }[];
  components: { schemas: Record<string, { description?: string }> };
};
let served: string[];
beforeAll(async () => {
  api = await startApi();
  const response = await api.app.request('/openapi.json');
  document = (await response.json()) as typeof document;
  const { paths } = document as unknown as { paths: Record<string, Record<string, Operation>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  served = api.app.routes
    .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
});

test('the description is OpenAPI 3.1 and needs no key to read', () => {
  expect(document.openapi).toBe('3.1.0');
});

test('whatever is served under /v1 is described, and the other way round', () => {
  const described = operations
    .filter(({ path }) => path.startsWith('/v1/'))
    .map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(new Set(described)).toEqual(new Set(served));
});

test.each([
  // schema        asked                                                    taken
  ['Currency', 'eur', true],
  ['Currency', 'eux', false],
  ['Country', 'DE', true],
  ['Country', 'ZZ', false],
  ['ClockMove', { advanceMinutes: 5 }, true],
  ['ClockMove', { to: '2027-01-01T00:00:00Z' }, true],
  ['ClockMove', {}, false],
  ['ClockMove', { advanceMinutes: 5, to: '2027-01-01T00:00:00Z' }, false],
  ['GivenSchedule', { interval: 'manual', minimums: { eur: 25_00 } }, true],
  ['GivenSchedule', { interval: 'manual', minimums: { eux: 25_00 } }, false],
  ['GivenSchedule', { interval: 'manual', thresholds: { EUR: 25_00 } }, false],
])('the description of %s takes %j: %s', (name, asked, taken) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'api');
  expect(ajv.validate(`api#/components/schemas/${name}`, asked)).toBe(taken);
});

test('whoever filters by a seller is told how its id looks', () => {
  const filters = operations.flatMap(({ operation }) =>
    (operation.parameters ?? []).filter((one) => one.in === 'query' && one.name === 'sellerId'),
  );
  expect(filters.length).toBeGreaterThan(3);
  for (const { schema } of filters) expect(schema?.pattern).toBe('^sel_[0-9a-z]{20}$');
});

test('a part is described by itself, not by the first place that names it', () => {
  const { Currency, GivenSchedule } = document.components.schemas;
  expect([Currency?.description, GivenSchedule?.description]).toEqual([undefined, undefined]);
});

test('whatever changes a seller, an earning or a payout needs an Idempotency-Key', () => {
  // What is minted at Stripe for one answer changes nothing here.
  const minted = /-link$|account-session$/;
  const changing = operations.filter(
    ({ method, path }) =>
      method !== 'get' &&
      /^\/v1\/(sellers|payouts|operations|api-keys)/.test(path) &&
      !minted.test(path),
  );
  expect(changing.length).toBeGreaterThan(5);
  for (const { operation } of changing) {
    expect(operation.parameters).toContainEqual(
      expect.objectContaining({ name: 'idempotency-key', required: true }),
    );
  }
});

test('every refusal is described as a problem', () => {
  for (const { path, operation } of operations) {
    if (path.startsWith('/v1/')) expect(operation.responses).toHaveProperty('4XX');
  }
});

test('every operation is about one of the things that the description lists, and each has some', () => {
  const named = operations.map(({ operation }) => operation.tags ?? []);
  expect(named.filter((tags) => tags.length !== 1)).toEqual([]);
  expect(new Set(named.flat())).toEqual(new Set(document.tags.map(({ name }) => name)));
});

test('no two operations have one name', () => {
  const names = operations.flatMap(({ operation }) => operation.operationId ?? []);
  expect(new Set(names).size).toBe(names.length);
});

test('the type of every problem leads to what it means', async () => {
  for (const kind of Object.keys(problemKinds)) {
    const response = await api.app.request(`/problems/${kind}`);
    expect(await response.json()).toMatchObject({ type: `/problems/${kind}` });
  }
  expect((await api.app.request('/problems/toString')).status).toBe(404);
});
