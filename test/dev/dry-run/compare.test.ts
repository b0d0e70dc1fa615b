import { expect, test } from 'vitest';
import { differencesOf, type Line, parseLines } from '../../../dev/dry-run/compare.ts';

const line: Line = {
  sellerId: 'sel_1',
  externalId: null,
  at: '2026-12-04T09:00:00.000Z',
  currency: 'eur',
  pays: 50_00,
  reason: null,
  route: 'domestic',
  bankAccount: 'ba_1',
};
const other = { ...line, sellerId: 'sel_2' };

test.each<[why: string, before: Line[], after: Line[], told: RegExp[]]>([
  ['nothing', [line, other], [other, line], []],
  ['less', [line], [{ ...line, pays: 40_00 }], [/^sel_1 eur: 5000 .*, now 4000 at/]],
  ['why not', [line], [{ ...line, pays: 0, reason: 'on-hold' }], [/now 0 at .* \(on-hold\)/]],
  ['another bank account', [line], [{ ...line, bankAccount: 'ba_2' }], [/ba_1, now .* ba_2$/]],
  [
    'a later day',
    [line],
    [{ ...line, at: '2026-12-07T09:00:00.000Z' }],
    [/now 5000 at 2026-12-07/],
  ],
  ['who is new', [line], [line, other], [/^sel_2 eur: new, 5000/]],
  ['who is gone', [line, other], [other], [/^sel_1 eur: no longer there/]],
])('a comparison of two dry runs says %s', (_why, before, after, told) => {
  expect(differencesOf(before, after)).toEqual(told.map((one) => expect.stringMatching(one)));
});

test('a comparison reads what npm run wrote to a file, and nothing that was cut off', () => {
  const banner = '\n> payout-engine@0.1.0 dry-run\n> node dev/dry-run/main.ts\n\n';
  const text = [line, other].map((one) => JSON.stringify(one)).join('\n');
  expect(parseLines(`${banner}${text}\n`)).toEqual([line, other]);
  expect(() => parseLines(text.slice(0, -5))).toThrow(SyntaxError);
});
