import { describe, expect, test } from 'vitest';

import { layoutFaultsIn, mayKnow } from './layout.ts';
import { namesAtTop, readSources } from './sources.ts';
import { typedTwice } from './reasons.ts';
import { faultsIn, topLevel } from './structure.ts';

const sources = readSources();

/** A banned word, put together here so that this file keeps the ban itself. */
function word(...parts: string[]): string {
  return parts.join('');
}

describe('the checkout', () => {
  test('holds only the names of the layout at its top', () => {
    expect(namesAtTop().filter((name) => !topLevel.includes(name))).toEqual([]);
  });

  test('keeps the import table and the ban list', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap(faultsIn)).toEqual([]);
  });

  test('lies where its nouns say, and each noun knows only what its row names', () => {
    expect(layoutFaultsIn(sources)).toEqual([]);
  });

  test('types each reason to wait or to park once per layer, outside its table', () => {
    expect(typedTwice(sources)).toEqual([]);
  });
});

describe('the checker', () => {
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
    ['config.ts', 'may not import ./db/connect.ts', "import './db/connect.ts';"],
    ['api/a.ts', 'amounts are whole', `const x = ${word('parse', 'Float')}('1');`],
    ['activities/a.ts', 'amounts are whole', `const x = y.${word('to', 'Fixed')}(2);`],
    ['db/a.ts', 'finish the work', `// ${word('FIX', 'ME')} later`],
    ['test/a.test.ts', 'every test runs', `${word('test', '.skip')}('a', () => {});`],
    ['domain/a.ts', 'callers pass the current time', 'const x = Date.now();'],
    ['workflows/a.ts', 'dates are data', "const x = new Intl.NumberFormat('de');"],
    ['db/a.ts', 'a reason is for people', "query.where('reason', '=', text);"],
    ['workflows/a.ts', 'every workflow of the process', 'let seen = 0;'],
    ['db/a.ts', 'has the lists of statuses', "sql`select 1 where status in ('sent', 'paid')`;"],
    ['db/a/b.ts', 'has the lists of statuses', "sql`a.status not in ('sent')`;"],
    ['db/a/b.ts', 'has the lists of statuses', "query.where('a.status', 'in', ['sent']);"],
    ['db/a.ts', 'builds ids', "sql`select 'payout/' || id from payouts`;"],
    ['db/a.ts', 'what a hold is about', "query.where('reason', '=', reason);"],
    ['db/a.ts', 'what a hold is about', 'sql`where right(holds.reason, 9) = object`;'],
    ['db/a.ts', 'has every lock', 'sql`select from payouts for update`;'],
    ['db/a.ts', 'has every lock', 'sql`select from payouts for no key update of payouts`;'],
    ['db/a.ts', 'has every lock', 'sql`select from sellers for key share`;'],
    ['db/a.ts', 'has every lock', 'query.forNoKeyUpdate().execute();'],
    ['db/a.ts', 'has every lock', 'query.forUpdate().skipLocked();'],
    ['api/a.ts', 'has every lock', 'query.forShare();'],
    ['db/a.ts', 'has every lock', 'sql`select pg_try_advisory_xact_lock(1)`;'],
    ['db/a.ts', 'has every lock', 'sql`lock table attempts in exclusive mode`;'],
    ['db/wake-ups.ts', 'builds ids', "sql`select 'seller/' || id from sellers`;"],
  ])('finds what was planted in %s: %s', (path, fault, text) => {
    expect(faultsIn({ path, text }).join('\n')).toContain(fault);
  });

  test.each([
    ['workflows/a.ts', 'types cost nothing there', "import type { B } from '../activities/b.ts';"],
    ['dev/chaos/audit/verdict.ts', 'its own parts', "import { a } from './audit-a.ts';"],
    ['db/a.ts', 'its own package', "import { sql } from 'kysely';"],
    [
      'db/migrations/a.ts',
      'what stands',
      "sql`check (status in ('a', 'b') and id = 'payout/' || c)`;",
    ],
    ['db/a.ts', 'a list that is given', "query.where('status', 'in', from);"],
  ])('lets %s be: %s', (path, _why, text) => {
    expect(faultsIn({ path, text })).toEqual([]);
  });
});

describe('the checker of the layout', () => {
  /** Each noun with one file, so that a planted fault is the only one. */
  const nouns = Object.entries(mayKnow).flatMap(([layer, rows]) =>
    Object.keys(rows).map((noun) => ({ path: `${layer}/${noun}/a.ts`, text: '' })),
  );
  const planted = (...files: [path: string, text: string][]) => {
    const added = files.map(([path, text]) => ({ path, text }));
    return layoutFaultsIn([...nouns, ...added]).join('\n');
  };

  test('is content with nothing', () => {
    expect(planted()).toBe('');
  });

  test.each([
    // path, fault, text
    ['db/merchants.ts', 'db/merchants: no row in mayKnow', ''],
    ['db/holds/rows.ts', 'holds may not know payouts', "import { a } from '../payouts/rows.ts';"],
    ['db/holds/rows.ts', 'may not know', "import type { A } from '../payouts/rows.ts';"],
    ['api/http/pages.ts', '', "import { a } from './problems.ts';"],
    ['db/payouts/payout-orders.ts', 'repeats the name of its folder', ''],
    ['db/payouts/payouts.ts', 'repeats the name of its folder', ''],
    ['test/db/payouts/payout.test.ts', 'repeats the name of its folder', ''],
    ['sandbox/money/money.ts', 'repeats the name of its folder', ''],
    ['db/payouts/rows.ts', 're-exports another file', "export { businessNow } from '../time.ts';"],
    ['db/payouts/rows.ts', 're-exports another file', "export * from '../time.ts';"],
    ['workflows/index.ts', '', "export { payout } from './payout.ts';"],
  ])('finds what was planted as %s: %s', (path, fault, text) => {
    const faults = planted([path, text]);
    expect(faults).toContain(fault);
    if (fault === '') expect(faults).toBe('');
  });

  test('finds a row whose noun is gone', () => {
    const left = nouns.filter(({ path }) => path !== 'db/holds/a.ts');
    expect(layoutFaultsIn(left)).toEqual(['db/holds: a row in mayKnow, and no file']);
  });

  test('finds one name for two things in a layer', () => {
    const text = 'export const confirm = 1;';
    const faults = planted(['db/payouts/rows.ts', text], ['db/payouts/commands.ts', text]);
    expect(faults).toBe('db/payouts/commands.ts: confirm is also exported by db/payouts/rows.ts');
    expect(planted(['db/payouts/rows.ts', text], ['api/payouts/rows.ts', text])).toBe('');
  });

  test('finds a folder that is too full to look through', () => {
    const files = Array.from({ length: 15 }, (_, n): [string, string] => [
      `dev/bench/f${n}.ts`,
      '',
    ]);
    expect(planted(...files)).toBe('dev/bench: 15 files, more than 14');
  });
});

describe('the checker of reasons', () => {
  const planted = (...texts: [path: string, text: string][]) =>
    typedTwice(texts.map(([path, text]) => ({ path, text }))).join('\n');

  test.each([
    // reason, first, second, why
    ['arrival', "const a = 'arrival';", "const b = { 'arrival': 1 };", 'a second table'],
    ['stripe-limit', "type A = 'stripe-limit';", "if (a === 'stripe-limit') b();", 'a type'],
    [
      'account-refused',
      "const a = 'account-refused';",
      "const b = sql`p = 'account-refused'`;",
      'SQL',
    ],
    ['hold', "a({ reason: 'hold' });", "if (waitingFor === 'hold') b();", 'another meaning'],
    ['late', "const a = ['late'];", "const b = ['late'];", 'what needs a person and is not parked'],
  ])('finds %s typed twice in a layer: `%s` and `%s`, %s', (reason, first, second) => {
    const faults = planted(['db/a.ts', first], ['db/b/c.ts', second]);
    expect(faults).toContain(`db: '${reason}' is typed 2 times: db/a.ts, db/b/c.ts`);
    expect(planted(['db/a.ts', first], ['api/a.ts', second])).toBe('');
    expect(planted(['db/a.ts', first], ['db/migrations/0001.ts', second])).toBe('');
  });

  test.each([
    ['domain/waits.ts', "const a = ['arrival', 'arrival'];"],
    ['db/a.ts', "const place = ['bank', 'bank'];"],
    ['db/a.ts', "// 'arrival', and once more 'arrival'"],
    ['sandbox/a.ts', "const a = ['arrival', 'arrival'];"],
  ])('lets %s be: %s', (path, text) => {
    expect(planted([path, text])).toBe('');
  });
});
