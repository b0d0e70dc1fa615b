import { expect, test } from 'vitest';
import { isBankDay } from '../../../activities/paydays/bank-days.ts';
import { closedDays } from '../../../activities/paydays/closed-days.ts';

const dayMs = 86_400_000;

/** The weekdays of a year, as `MM-DD`, on which the banks of a currency are closed. */
function closedIn(year: number, currency: string): string {
  const closed = [];
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += dayMs) {
    const isWeekend = [0, 6].includes(new Date(day).getUTCDay());
    const isOpen = isBankDay(day, { currency, country: 'FR' });
    if (!isWeekend && !isOpen) closed.push(new Date(day).toISOString().slice(5, 10));
  }
  return closed.join(' ');
}

test.each([
  // Published by the European Central Bank, the Federal Reserve and gov.uk.
  [2026, 'eur', '01-01 04-03 04-06 05-01 12-25'],
  [2027, 'eur', '01-01 03-26 03-29'],
  [2028, 'eur', '04-14 04-17 05-01 12-25 12-26'],
  [2026, 'usd', '01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25'],
  [2027, 'usd', '01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25'],
  [2028, 'usd', '01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-23 12-25'],
  [2026, 'gbp', '01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28'],
  [2027, 'gbp', '01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28'],
])('in %i, the banks of %s are closed on the weekdays %s', (year, currency, closed) => {
  expect(closedIn(year, currency)).toBe(closed);
});

test('a currency of several countries has the bank days of the seller’s country', () => {
  const xof = (country: string) => isBankDay(Date.UTC(2028, 3, 4), { currency: 'xof', country });
  expect([xof('SN'), xof('FR')]).toEqual([false, true]);
});

test('every table of closed days was compared with its source within a year', () => {
  const yearAgo = new Date(Date.now() - 366 * dayMs).toISOString().slice(0, 10);
  for (const [currency, { checkedOn }] of Object.entries(closedDays)) {
    expect(checkedOn >= yearAgo, `${currency}: compare it, then change checkedOn`).toBe(true);
  }
});
