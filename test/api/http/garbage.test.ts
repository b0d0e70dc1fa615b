import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ProblemKind, problemKinds } from '../../../api/http/problems.ts';
import { readContract } from '../docs/contract.ts';
import { anything, type Document, like, mostly, type Operation, text } from '../docs/likeness.ts';
import { asCaller, createTestApp, insertPayout, insertSeller, keys } from '../plumbing.ts';

type Asked = { path: string; init: RequestInit };

const { app, db, lines } = await createTestApp({
  sandboxClock: { moveTo: () => Promise.resolve() },
  stripe: { webhookSecrets: ['whsec_test'], livemode: false },
});
const document = (await (await app.request('/openapi.json')).json()) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(),
    path,
    operation,
  })),
);
const faultsIn = readContract(document);

const asAdmin = { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json' };

/** Ids that are there, so that garbage gets past the door. */
const sellerId = await insertSeller(db);
const parked = { parked: 'outcome-unknown', parked_at: new Date().toISOString() };
const payoutId = await insertPayout(db, sellerId, parked);
const placed = await app.request(
  `/v1/sellers/${sellerId}/holds`,
  asCaller({ body: { reason: 'a dispute' }, idempotencyKey: 'hold' }),
);
const { id: holdId } = (await placed.json()) as { id: string };
const known: Record<string, string> = { sellerId, payoutId, holdId };

/** A part of a path: one that is there, one that could be, or anything at all. */
function inPath(name: string): fc.Arbitrary<string> {
  const odd = fc.constantFrom('%00', '%E0%A4%A', '..', '%2F', '%', "';--", 'x'.repeat(3000));
  const typed = text.map((value) => encodeURIComponent(value.toWellFormed()));
  return fc.oneof(mostly(fc.constant(known[name] ?? 'tr_1')), odd, typed);
}

function requestTo(method: string, path: string, operation: Operation): fc.Arbitrary<Asked> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parts = fc.tuple(...names.map(inPath));
  const query = fc.oneof(mostly(queryOf(operation)), fc.constant('?%ff=%'));
  const schema = operation.requestBody?.content['application/json']?.schema ?? {};
  const json = fc.oneof(mostly(like(document, schema)), anything);
  const body = fc.oneof(mostly(json.map((one) => JSON.stringify(one))), text);
  return fc.tuple(parts, query, body, fc.uuid()).map(([values, search, sent, key]) => {
    const filled = names.reduce(
      (at, name, n) => at.replace(`{${name}}`, () => values[n] ?? ''),
      path,
    );
    const headers = { ...asAdmin, 'idempotency-key': key };
    return {
      path: `${filled}${search}`,
      init: { method, headers, ...(method !== 'GET' && { body: sent }) },
    };
  });
}

/**
 * Some of the fields that it takes, each with a value like its own, and now and then a stray one.
 */
function queryOf({ parameters = [] }: Operation): fc.Arbitrary<string> {
  const fields = parameters.filter((one) => one.in === 'query');
  const pairs = fields.map(({ name, schema }) =>
    fc.tuple(fc.constant(name), like(document, schema)),
  );
  const own = pairs.map((pair) => fc.option(pair));
  const stray = fc.oneof(mostly(fc.constant(null)), fc.tuple(text, text));
  return fc.tuple(...own, stray).map((asked) => {
    const given = asked.flatMap((pair) => (pair ? [pair.map(inQuery) as [string, string]] : []));
    return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
  });
}

const inQuery = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** No answer is a fault of ours, and every refusal is a problem that callers can branch on. */
async function expectRefusedWell({ path, init }: Asked): Promise<void> {
  const request = new Request(`http://api.test${path}`, init);
  const response = await app.request(request);
  const body = (await response.text()) || '{}';
  const { status } = response;
  const why = `${status} ${body.slice(0, 300)} ${JSON.stringify(lines.at(-1))}`;
  // Nobody listens where Stripe should be.
  if (status >= 500) expect([503, body.includes('unavailable')], why).toEqual([status, true]);
  if (status < 500) expect(faultsIn(request, response, JSON.parse(body)), why).toEqual([]);
  if (status < 400) return;
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = JSON.parse(body) as { type: string; status: number };
  const kind = problem.type.replace('/problems/', '') as ProblemKind;
  expect([problem.status, problemKinds[kind]?.status], why).toEqual([status, status]);
}

describe('whatever a caller sends', () => {
  test.each(operations)(
    'at $method $path, the fault is not ours',
    async ({ method, path, operation }) => {
      await fc.assert(fc.asyncProperty(requestTo(method, path, operation), expectRefusedWell), {
        numRuns: 10,
      });
    },
  );

  test('another method is refused as a problem', async () => {
    for (const [path, taken] of Object.entries(document.paths)) {
      for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
        if (method in taken) continue;
        const init = { method: method.toUpperCase(), headers: asAdmin };
        await expectRefusedWell({ path: path.replaceAll(/\{\w+\}/g, 'x'), init });
      }
    }
  });
});
