import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createApp } from '../api/app.ts';
import type { AppDeps } from '../api/http/context.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');
const manual = read('docs/operating.md');

/** The members of a union of words, as the source lists them. */
function wordsOf(type: string, path: string): string[] {
  const source = read(path);
  const [, members = ''] = new RegExp(`export type ${type} =([^;]*);`).exec(source) ?? [];
  return [...members.matchAll(/'([a-z-]+)'/g)].map(([, word = '']) => word);
}

describe('the operating manual', () => {
  test.each([
    ['WaitReason', 'domain/payouts/states.ts'],
    ['ParkReason', 'domain/payouts/states.ts'],
    ['SkipReason', 'domain/funds.ts'],
  ])('has a row for every %s', (type, path) => {
    const words = wordsOf(type, path);
    expect(words.length).toBeGreaterThan(2);
    expect(words.filter((word) => !manual.includes(`\n| \`${word}\` |`))).toEqual([]);
  });

  test('names only requests that the API takes', async () => {
    const named = [...manual.matchAll(/`(GET|POST) (\/v1\/[^`\s]+)`/g)];
    expect(named.length).toBeGreaterThan(15);
    const answer = await createApp({ log: () => undefined } as unknown as AppDeps).request(
      '/openapi.json',
    );
    const { paths } = (await answer.json()) as { paths: Record<string, object> };
    const unknown = named.filter(([, method = '', path = '']) => {
      return !(method.toLowerCase() in (paths[path] ?? {}));
    });
    expect(unknown.map(([all]) => all)).toEqual([]);
  });
});

test.each([
  'docs/operating.md',
  'docs/scaling.md',
  'docs/decisions.md',
  'docs/rules.md',
  'docs/one-payout.md',
  'README.md',
])('%s names only scripts and files that are there', (document) => {
  const text = read(document);
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...text.matchAll(/npm run ([a-z]+)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  const files = [...text.matchAll(/(?:node |`|\]\()([a-z]+\/[\w/.-]*)/g)].map(
    ([, path = '']) => path,
  );
  expect(files.length).toBeGreaterThan(2);
  const missing = files
    .filter((path) => !/^(payout|job|seller)\//.test(path))
    .filter((path) => {
      return !existsSync(fileURLToPath(new URL(`../${path}`, import.meta.url)));
    });
  expect(missing).toEqual([]);
});
