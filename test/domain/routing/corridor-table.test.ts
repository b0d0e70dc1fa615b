import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { countries, usualCurrency } from '../../../domain/routing/currencies.ts';
import { route } from '../../../domain/routing/route.ts';
import { corridorRows, corridorTable } from './corridor-table.ts';

test('the README has the table of corridors as the data says it', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(corridorTable());
});

test('the table says of every pair of countries what the route says', () => {
  for (const platform of countries) {
    for (const seller of countries) {
      const currency = usualCurrency(seller);
      const pair = { platform, seller };
      const row = corridorRows.find(({ speaksFor }) => speaksFor(pair));
      const { reason } = route({ ...pair, currency, flow: 'transfer', agreement: 'full' });
      expect(row?.reason, `${platform} to ${seller}`).toBe(reason);
    }
  }
});
