import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const parts = ['/docs', '/docs/page.css', '/docs/page.js', '/docs/schemas.js', '/docs/icon.svg'];

async function read(path: string) {
  const response = await api.app.request(path);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('the documentation page', () => {
  test.each(parts)('needs no key to read: %s', async (path) => {
    const { status, headers } = await read(path);
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('loads nothing from outside, and nothing that is not served', async () => {
    for (const path of parts) {
      const { text } = await read(path);
      const named = [...text.matchAll(/(?:src|href|from|fetch\()\s*=?\s*['"]([^'"$]+)['"]/g)];
      for (const [, target = ''] of named) {
        const { pathname, origin } = new URL(target, `http://api.test${path}/../page`);
        expect([path, origin]).toEqual([path, 'http://api.test']);
        const own = pathname.startsWith('/docs') ? pathname : target;
        if (!own.startsWith('/v1/')) expect([own, (await read(own)).status]).toEqual([own, 200]);
      }
      const outside = text.replaceAll('http://www.w3.org/2000/svg', '');
      expect(outside).not.toMatch(
        /\/\/(?:cdn|unpkg|fonts)|url\(|@import|https?:\/\/(?!shop\.example)/,
      );
    }
  });

  test('puts what it shows in as text, never as markup', async () => {
    for (const path of parts.filter((name) => name.endsWith('.js'))) {
      expect((await read(path)).text).not.toMatch(
        /innerHTML|outerHTML|insertAdjacent|eval\(|write\(/,
      );
    }
  });

  test('begins each body with an example that the route’s own rules take', async () => {
    const document = (await (await api.app.request('/openapi.json')).json()) as Document;
    const path = new URL('../../../api/docs/schemas.js', import.meta.url).href;
    const { exampleOf } = (await import(path)) as {
      exampleOf: (document: unknown, schema: unknown) => unknown;
    };
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'api');
    const bodies = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ requestBody }) => requestBody?.content['application/json'].schema ?? []);
    expect(bodies.length).toBeGreaterThan(10);
    for (const schema of bodies) {
      const example = exampleOf(document, schema);
      const rules = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object;
      expect([example, ajv.validate(rules, example), ajv.errors]).toEqual([example, true, null]);
    }
  });

  test('reads a part that a place describes anew as the part with that description', async () => {
    const document = (await (await api.app.request('/openapi.json')).json()) as Document;
    const path = new URL('../../../api/docs/schemas.js', import.meta.url).href;
    const { refOf } = (await import(path)) as {
      refOf: (document: unknown, schema: unknown) => { enum: string[]; description: string };
    };
    const currency = { $ref: '#/components/schemas/Currency' };
    const read = refOf(document, {
      allOf: [currency, { description: 'The currency of either side' }],
    });
    expect(read.enum).toContain('eur');
    expect(read.description).toBe('The currency of either side');
  });

  test('takes no other method', async () => {
    expect((await api.app.request('/docs', { method: 'POST' })).status).toBe(405);
  });
});

type Body = { content: { 'application/json': { schema: object } } };
type Document = { paths: Record<string, Record<string, { requestBody?: Body }>> };
