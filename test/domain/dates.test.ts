import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sayInstant as sayInstantByIntl } from '../../activities/paydays/clocks.ts';
import { sayDay, sayInstant } from '../../domain/dates.ts';

test.each([
  // instant                    said                           why
  ['2026-11-27T09:00:00.000Z', 'Fri, 27 Nov 2026, 09:00 UTC', 'an ordinary instant'],
  ['2026-09-01T00:00:00.000Z', 'Tue, 1 Sept 2026, 00:00 UTC', 'September has four letters'],
  ['2026-12-31T23:59:59.999Z', 'Thu, 31 Dec 2026, 23:59 UTC', 'seconds are left out, not rounded'],
])('%s is said as %s: %s', (instant, said) => {
  expect(sayInstant(instant)).toBe(said);
  expect(sayDay(instant)).toBe(said.split(', ')[1]);
});

const days = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

test('dates are said as British English says them', () => {
  const min = new Date('2000-01-01T00:00:00Z');
  const dates = fc.date({ min, max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true });
  fc.assert(
    fc.property(dates, (date) => {
      const instant = date.toISOString();
      expect(sayInstant(instant)).toBe(sayInstantByIntl(instant));
      expect(sayDay(instant)).toBe(days.format(date));
    }),
  );
});
