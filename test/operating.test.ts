import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createApp } from '../api/app.ts';
import type { AppDeps } from '../api/http/context.ts';
import { stopCauses } from '../domain/money-stops.ts';
import { skips } from '../domain/paydays/words.ts';
import { payoutParks } from '../domain/parking/reasons.ts';
import { waits } from '../domain/waits.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');
const manual = read('docs/operating.md');

describe('the operating manual', () => {
  test.each([
    ['reason to wait', Object.keys(waits)],
    ['reason to park a payout', Object.keys(payoutParks).filter((reason) => reason !== 'late')],
    ['reason to skip a payout', Object.keys(skips)],
    ['cause of a stop of all money', [...stopCauses]],
  ])('has a row for every %s', (_, reasons) => {
    expect(reasons.length).toBeGreaterThan(2);
    expect(reasons.filter((reason) => !manual.includes(`\n| \`${reason}\` |`))).toEqual([]);
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

test.each(['README.md', 'docs/operating.md', 'dev/summary.ts'])(
  '%s links only lists whose filters the Temporal UI shows as they are',
  (path) => {
    const text = decodeURIComponent(read(path).replaceAll(/%(?![0-9A-F]{2})/g, '%25'));
    expect(text).toContain('WorkflowType = "payout"');
    // The UI shows `!=` as `=`, and the values of `IN` as one text.
    expect(text).not.toMatch(/[A-Z]\w+ (!= "|(NOT )?IN \()/);
  },
);

test.each([
  'docs/operating.md',
  'docs/scaling.md',
  'docs/decisions.md',
  'docs/rules.md',
  'docs/one-payout.md',
  'docs/chaos.md',
  'docs/comparison.md',
  'docs/promises.md',
  'docs/running.md',
  'README.md',
])('%s names only scripts and files that are there', (document) => {
  const text = read(document);
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...text.matchAll(/npm run ([a-z-]+)/g)].map(([, name = '']) => name);
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
