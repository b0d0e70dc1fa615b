import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { guards } from '../../dev/guards/list.ts';
import { withoutGuard } from '../../dev/guards/switch-off.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

test.each(guards)('the guard "$name" stands once, and its tests are there', (guard) => {
  const text = read(guard.file);
  expect(withoutGuard(text, guard)).not.toBe(text);
  expect(read(guard.tests)).toMatch(/\btest\b/);
});

test('no two guards have one name', () => {
  expect(new Set(guards.map(({ name }) => name)).size).toBe(guards.length);
});
