import { describe, expect, test } from 'vitest';

import { faultsIn, namesAtTop, readSources, topLevel } from './structure.ts';

const sources = readSources();

/** A banned word, put together here so that this file keeps the ban itself. */
function word(...parts: string[]): string {
  return parts.join('');
}

describe('the checkout', () => {
  test('holds only the names of the layout at its top', () => {
    expect(namesAtTop().filter((name) => !topLevel.includes(name))).toEqual([]);
  });

  test('keeps the import table, the lengths and the ban list', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap(faultsIn)).toEqual([]);
  });
});

describe('the checker', () => {
  const long = 'const x = 1;\n';
  test.each([
    // path, fault, text
    ['domain/a.ts', 'may not import zod', "import { z } from 'zod';"],
    ['domain/a.ts', 'may not import node:fs', "import { readFileSync } from 'node:fs';"],
    ['domain/a.ts', 'may not import ../db/connect.ts', "export * from '../db/connect.ts';"],
    ['workflows/a.ts', 'may not import', "import { b } from '../activities/b.ts';"],
    ['workflows/a.ts', 'may not import', "import { db } from '../db/connect.ts';"],
    ['workflows/jobs/a.ts', 'may not import', "import type { B } from '../../api/b.ts';"],
    ['db/a.ts', 'may not import stripe', "import Stripe from 'stripe';"],
    ['activities/a.ts', 'may not import', "const a = await import('../api/b.ts');"],
    ['api/a.ts', 'may not import', "import { a } from '../activities/transfers.ts';"],
    ['api/a.ts', 'may not import', "import { a } from '../workflows/payout.ts';"],
    ['api/a.ts', 'may not import', "import { a } from '../activities/stripe-payouts.ts';"],
    ['workers/a.ts', 'may not import stripe', "import { Stripe } from 'stripe';"],
    ['sandbox/a/b.ts', 'may not import', "import { a } from '../../domain/ids.ts';"],
    ['dev/a.ts', 'may not import', "type A = import('../api/b.ts').A;"],
    ['dev/chaos/audit-a.ts', 'may not import', "import { a } from './scene.ts';"],
    ['dev/chaos/audit-a.ts', 'may not import', "import { a } from '../../domain/money.ts';"],
    ['dev/chaos/audit/verdict.ts', 'may not import pg', "import { Client } from 'pg';"],
    ['config.ts', 'may not import ./domain/ids.ts', "import './domain/ids.ts';"],
    ['api/a.ts', '301 lines, more than 300', long.repeat(301)],
    ['api/a.ts', 'has 61 lines, more than 60', `function f() {\n${long.repeat(59)}}`],
    ['test/a.test.ts', 'has 61 lines', `test('a', () => {\n${long.repeat(59)}});`],
    ['api/a.ts', 'amounts are whole', `const x = ${word('parse', 'Float')}('1');`],
    ['activities/a.ts', 'amounts are whole', `const x = y.${word('to', 'Fixed')}(2);`],
    ['db/a.ts', 'finish it', `// ${word('FIX', 'ME')} later`],
    ['test/a.test.ts', 'every test runs', `${word('test', '.skip')}('a', () => {});`],
    ['domain/a.ts', 'now is given', 'const x = Date.now();'],
    ['workflows/a.ts', 'dates are data', "const x = new Intl.NumberFormat('de');"],
    ['api/a.ts', 'only entry points', "console.log('a');"],
    ['workflows/a.ts', 'every workflow of the process', 'let seen = 0;'],
  ])('finds what was planted in %s: %s', (path, fault, text) => {
    expect(faultsIn({ path, text }).join('\n')).toContain(fault);
  });

  test.each([
    ['workflows/a.ts', 'types cost nothing there', "import type { B } from '../activities/b.ts';"],
    ['api/main.ts', 'an entry point speaks', "console.log('a');"],
    ['dev/chaos/audit/verdict.ts', 'its own parts', "import { a } from './audit-a.ts';"],
    ['db/a.ts', 'its own package', "import { sql } from 'kysely';"],
    ['api/a.ts', 'at the limit', `function f() {\n${long.repeat(58)}}`],
    ['test/a.test.ts', 'a chapter of tests', `describe('a', () => {\n${long.repeat(80)}});`],
  ])('lets %s be: %s', (path, _why, text) => {
    expect(faultsIn({ path, text })).toEqual([]);
  });
});
