import { describe, expect, test } from 'vitest';
import {
  cutOffOf,
  isNamedDay,
  manualSchedule,
  paysByItself,
  reachesThreshold,
  type Schedule,
  scheduleFaults,
} from '../../../domain/paydays/schedule.ts';

const weekly = { interval: 'weekly', weekdays: ['friday'] } satisfies Partial<Schedule>;
const monthly = { interval: 'monthly', dayOfMonth: 31 } satisfies Partial<Schedule>;

function aSchedule(given: Partial<Schedule> = {}): Schedule {
  return { ...manualSchedule, ...given };
}

describe('a schedule', () => {
  test.each<[why: string, given: Partial<Schedule>]>([
    ['manual', {}],
    ['manual with a threshold', { thresholds: { eur: 500_00 } }],
    ['daily', { interval: 'daily', cutOffHours: 24, minimums: { eur: 10_00 } }],
    ['weekly', weekly],
    ['monthly', monthly],
    ['with both', { ...weekly, minimums: { eur: 10_00 }, thresholds: { eur: 10_00 } }],
  ])('that is %s is possible', (_why, given) => {
    expect(scheduleFaults(aSchedule(given))).toEqual([]);
  });

  test.each<[why: string, given: Partial<Schedule>, field: string]>([
    ['weekly on no day', { interval: 'weekly' }, 'weekdays'],
    ['weekly on one day twice', { ...weekly, weekdays: ['friday', 'friday'] }, 'weekdays'],
    ['daily on a weekday', { ...weekly, interval: 'daily' }, 'weekdays'],
    ['monthly on no day', { interval: 'monthly' }, 'dayOfMonth'],
    ['weekly on a day of the month', { ...weekly, dayOfMonth: 3 }, 'dayOfMonth'],
    ['manual with a cut-off', { cutOffHours: 1 }, 'cutOffHours'],
    ['manual with a bank day', { bankDayRule: 'previous' }, 'bankDayRule'],
    ['manual with a minimum', { minimums: { eur: 1 } }, 'minimums'],
    [
      'paid at once below its minimum',
      { ...weekly, minimums: { eur: 2 }, thresholds: { eur: 1 } },
      'thresholds',
    ],
  ])('that is %s is impossible', (_why, given, field) => {
    expect(scheduleFaults(aSchedule(given)).map((fault) => fault.field)).toEqual([field]);
  });

  test.each<[day: string, given: Partial<Schedule>, named: boolean, why: string]>([
    ['2026-11-27', weekly, true, 'a Friday'],
    ['2026-11-28', weekly, false, 'a Saturday'],
    ['2026-11-28', { interval: 'daily' }, true, 'every day, the calendar moves it'],
    ['2026-11-27', {}, false, 'manual names none'],
    ['2026-11-30', monthly, true, 'the last of a month without a 31st'],
    ['2026-12-30', monthly, false, 'not the last'],
    ['2026-12-31', monthly, true, 'the 31st'],
    ['2027-02-28', monthly, true, 'the last of February'],
    ['2028-02-28', monthly, false, 'a leap year has one more'],
    ['2028-02-29', monthly, true, 'the leap day'],
    ['2027-02-28', { ...monthly, dayOfMonth: 29 }, true, 'no leap year'],
    ['2026-12-01', { ...monthly, dayOfMonth: 1 }, true, 'the first'],
  ])('on %s with %j: %s (%s)', (day, given, named) => {
    expect(isNamedDay(aSchedule(given), Date.parse(day))).toBe(named);
  });

  test('cuts off so many hours before its payday', () => {
    const payday = '2026-11-27T08:00:00.000Z';
    expect(cutOffOf({ cutOffHours: 0 }, payday)).toBe(payday);
    expect(cutOffOf({ cutOffHours: 36 }, payday)).toBe('2026-11-25T20:00:00.000Z');
  });

  test('pays by itself unless it is manual without a threshold', () => {
    expect(paysByItself(aSchedule())).toBe(false);
    expect(paysByItself(aSchedule({ thresholds: { eur: 1 } }))).toBe(true);
    expect(paysByItself(aSchedule(weekly))).toBe(true);
  });
});

test.each([
  [99_99, 'eur', false, 'less'],
  [100_00, 'eur', true, 'as much'],
  [100_01, 'eur', true, 'more'],
  [999_99, 'usd', false, 'a currency without a threshold'],
])('a payday is not waited for with %d %s: %s (%s)', (amount, currency, reaches) => {
  expect(reachesThreshold({ thresholds: { eur: 100_00 } }, { amount, currency })).toBe(reaches);
});
