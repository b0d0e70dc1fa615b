import { readFileSync } from 'node:fs';
import { expect, inject, test } from 'vitest';

/** Each would be loaded anew into every workflow that a worker keeps. */
const forbidden = [
  'zod',
  'stripe',
  'kysely',
  'pg',
  'hono',
  'date-holidays',
  'croner',
  'node:crypto',
];

test('the bundle of workflows is small and holds none of the packages that act', () => {
  const bundle = readFileSync(inject('workflowBundle'), 'utf8');
  const code = bundle.slice(0, bundle.lastIndexOf('//# sourceMappingURL'));
  expect(Buffer.byteLength(bundle)).toBeLessThan(2_600_000);
  expect(code).toContain('sellerLifecycle');
  for (const name of forbidden) {
    expect(code.includes(`node_modules/${name}/`), name).toBe(false);
  }
  expect(code).not.toMatch(/\bIntl\.\w/);
});
