import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { guards } from '../../dev/guards/list.ts';
import { withoutGuard } from '../../dev/guards/switch-off.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

/**
 * What the names of a file's tests are made of, as its source has it: also the first word of a row.
 */
function namesIn(text: string): string[] {
  const names = text.matchAll(
    /(?:\b(?:test|describe)\(|\)\(|\[)\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g,
  );
  return [...names].map(([, , name = '']) => name);
}

test.each(guards)('the guard "$name" stands once, and its tests are there', (guard) => {
  const text = read(guard.file);
  expect(withoutGuard(text, guard)).not.toBe(text);
  const names = namesIn(read(guard.tests));
  for (const words of guard.pattern.split(/\|(?![^(]*\))/)) {
    expect(names.filter((name) => new RegExp(words).test(name))).not.toEqual([]);
  }
});

test('no two guards have one name', () => {
  expect(new Set(guards.map(({ name }) => name)).size).toBe(guards.length);
});
