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
    // path                     text                                            fault
    ['domain/a.ts', "import { z } from 'zod';", 'may not import zod'],
    ['domain/a.ts', "import { readFileSync } from 'node:fs';", 'may not import node:fs'],
    ['domain/a.ts', "export * from '../db/connect.ts';", 'may not import ../db/connect.ts'],
    ['workflows/a.ts', "import { b } from '../activities/b.ts';", 'may not import'],
    ['workflows/a.ts', "import { db } from '../db/connect.ts';", 'may not import'],
    ['workflows/jobs/a.ts', "import type { B } from '../../api/b.ts';", 'may not import'],
    ['db/a.ts', "import Stripe from 'stripe';", 'may not import stripe'],
    ['activities/a.ts', "const a = await import('../api/b.ts');", 'may not import'],
    ['api/a.ts', "import { a } from '../activities/transfers.ts';", 'may not import'],
    ['api/a.ts', "import { a } from '../workflows/payout.ts';", 'may not import'],
    ['api/a.ts', "import { a } from '../activities/stripe-payouts.ts';", 'may not import'],
    ['workers/a.ts', "import { Stripe } from 'stripe';", 'may not import stripe'],
    ['sandbox/a/b.ts', "import { a } from '../../domain/ids.ts';", 'may not import'],
    ['dev/a.ts', "type A = import('../api/b.ts').A;", 'may not import'],
    ['config.ts', "import './domain/ids.ts';", 'may not import ./domain/ids.ts'],
    ['api/a.ts', long.repeat(301), '301 lines, more than 300'],
    ['api/a.ts', `function f() {\n${long.repeat(59)}}`, 'has 61 lines, more than 60'],
    ['test/a.test.ts', `test('a', () => {\n${long.repeat(59)}});`, 'has 61 lines'],
    ['api/a.ts', `const x = ${word('parse', 'Float')}('1');`, 'amounts are whole'],
    ['activities/a.ts', `const x = y.${word('to', 'Fixed')}(2);`, 'amounts are whole'],
    ['db/a.ts', `// ${word('FIX', 'ME')} later`, 'finish it'],
    ['test/a.test.ts', `${word('test', '.skip')}('a', () => {});`, 'every test runs'],
    ['domain/a.ts', 'const x = Date.now();', 'now is given'],
    ['workflows/a.ts', "const x = new Intl.NumberFormat('de');", 'dates are data'],
    ['api/a.ts', "console.log('a');", 'only entry points'],
    ['workflows/a.ts', 'let seen = 0;', 'every workflow of the process'],
  ])('finds in %s a planted %j', (path, text, fault) => {
    expect(faultsIn({ path, text }).join('\n')).toContain(fault);
  });

  test.each([
    ['workflows/a.ts', "import type { B } from '../activities/b.ts';", 'types cost nothing there'],
    ['api/main.ts', "console.log('a');", 'an entry point speaks'],
    ['db/a.ts', "import { sql } from 'kysely';", 'its own package'],
    ['api/a.ts', `function f() {\n${long.repeat(58)}}`, 'at the limit'],
    ['test/a.test.ts', `describe('a', () => {\n${long.repeat(80)}});`, 'a chapter of tests'],
  ])('lets %s have %j: %s', (path, text) => {
    expect(faultsIn({ path, text })).toEqual([]);
  });
});
