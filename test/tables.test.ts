import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { baselineFiles, migrations } from '../db/migrations/index.ts';

const folder = new URL('../db/migrations/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.sql'),
);

/** What stands in a file without saying why: each create statement, and each rule of a table. */
function unexplained(text: string): string[] {
  const lines = text.split('\n');
  const found: string[] = [];
  let inTable = false;
  for (const [index, line] of lines.entries()) {
    const isExplained = /^ *--/.test(lines[index - 1] ?? '');
    if (line.startsWith('create ') && !isExplained) found.push(line);
    if (line.startsWith('create table')) inTable = true;
    else if (line.startsWith(')')) inTable = false;
    const isDefinition = inTable && /^ {2}[a-z]/.test(line);
    if (isDefinition && isRule(definitionAt(lines, index)) && !isExplained) found.push(line.trim());
  }
  return found;
}

/** A definition of a table and the deeper lines that continue it. */
function definitionAt(lines: readonly string[], start: number): string {
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !line.startsWith('   '));
  return [lines[start], ...rest.slice(0, end)].join('\n');
}

function isRule(definition: string): boolean {
  return /\b(check|unique|constraint)\b/.test(definition);
}

describe('the tables', () => {
  test('are created by every file of the baseline', () => {
    const inFolder = files.filter((name) => name.startsWith('0001-baseline/'));
    expect(baselineFiles.toSorted()).toEqual(inFolder.toSorted());
  });

  test('change by migrations with consecutive numbers', () => {
    const numbers = Object.keys(migrations).map((name) => Number(name.slice(0, 4)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test.each(files)('say in %s why each of their parts exists', (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    expect(text).toMatch(/^-- \S/);
    expect(unexplained(text)).toEqual([]);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test.each([
    ['create table a (\n  id text\n);', 'create table a ('],
    ['\ncreate index a on b (c);', 'create index a on b (c);'],
    ['-- A.\ncreate table a (\n  b text unique\n);', 'b text unique'],
    ["-- A.\ncreate table a (\n  b text\n    check (b <> '')\n);", 'b text'],
    ['-- A.\ncreate table a (\n  -- B.\n  b text,\n  constraint c check (b)\n);', 'constraint'],
  ])('are not accepted as %j', (text, fault) => {
    expect(unexplained(text)).toEqual([expect.stringContaining(fault)]);
  });
});
