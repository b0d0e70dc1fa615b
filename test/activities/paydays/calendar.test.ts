import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBankDay } from '../../../activities/paydays/bank-days.ts';
import { paydaysAround } from '../../../activities/paydays/calendar.ts';
import { isTimeZone } from '../../../activities/paydays/clocks.ts';
import { manualSchedule, type Schedule, weekdays } from '../../../domain/paydays/schedule.ts';

type Row = [
  zone: string,
  currency: string,
  schedule: Partial<Schedule>,
  after: string,
  next: string,
  why: string,
];

const germany = { currency: 'eur', country: 'DE' };
const daily = { interval: 'daily' } as const;
const mondays = { interval: 'weekly', weekdays: ['monday'] } satisfies Partial<Schedule>;
const cron = (days: string) => ({ interval: 'cron', cron: days }) as const;
const previous = { bankDayRule: 'previous' } as const;
const none = { bankDayRule: 'none' } as const;
const monthly = (dayOfMonth: number, at = '09:00') =>
  ({ interval: 'monthly', dayOfMonth, at }) as const;

const table: Row[] = [
  // clocks
  ['Europe/Berlin', 'eur', daily, '2026-03-28T12:00Z', '2026-03-30T07:00Z', 'summer time began'],
  ['Europe/Berlin', 'eur', daily, '2026-10-23T12:00Z', '2026-10-26T08:00Z', 'winter time began'],
  [
    'Asia/Tehran',
    'egp',
    { ...daily, at: '00:30' },
    '2022-03-20T22:00Z',
    '2022-03-21T21:00Z',
    '22 March has no 00:30: the clocks go from 00:00 to 01:00, so it is 01:30',
  ],
  [
    'America/New_York',
    'npr',
    { ...daily, at: '02:30' },
    '2027-03-13T12:00Z',
    '2027-03-14T07:30Z',
    'a Sunday without 02:30, where Sunday is a bank day: 03:30',
  ],
  [
    'America/New_York',
    'npr',
    { ...daily, at: '01:30' },
    '2026-10-31T12:00Z',
    '2026-11-01T05:30Z',
    'a Sunday with two 01:30: the first',
  ],
  [
    'America/New_York',
    'npr',
    { ...daily, at: '01:30' },
    '2026-11-01T05:30Z',
    '2026-11-02T06:30Z',
    'the second 01:30 pays nobody again',
  ],
  ['Australia/Lord_Howe', 'aud', daily, '2026-10-02T12:00Z', '2026-10-04T22:00Z', 'half an hour'],
  [
    'Europe/Berlin',
    'npr',
    { ...daily, at: '02:30' },
    '2026-03-28T12:00Z',
    '2026-03-29T01:30Z',
    'a Sunday without 02:30: 03:30',
  ],
  [
    'Europe/Berlin',
    'npr',
    { ...daily, at: '02:30' },
    '2026-10-24T12:00Z',
    '2026-10-25T00:30Z',
    'a Sunday with two 02:30: the first',
  ],
  [
    'Australia/Sydney',
    'npr',
    { ...daily, at: '02:30' },
    '2026-10-03T12:00Z',
    '2026-10-03T16:30Z',
    'summer time begins in October: 03:30',
  ],
  [
    'Australia/Sydney',
    'npr',
    { ...daily, at: '02:30' },
    '2026-04-04T12:00Z',
    '2026-04-04T15:30Z',
    'summer time ends in April: the first 02:30',
  ],
  // months
  ['UTC', 'usd', monthly(31), '2026-09-01T00:00Z', '2026-09-30T09:00Z', 'September has 30 days'],
  ['UTC', 'usd', monthly(31), '2027-02-01T10:00Z', '2027-03-01T09:00Z', '28 February is a Sunday'],
  ['UTC', 'usd', monthly(30), '2028-02-01T00:00Z', '2028-02-29T09:00Z', 'a leap day'],
  ['UTC', 'usd', monthly(29), '2028-02-01T00:00Z', '2028-02-29T09:00Z', 'a leap day by name'],
  ['UTC', 'usd', monthly(31), '2026-10-01T00:00Z', '2026-11-02T09:00Z', '31 October is a Saturday'],
  ['UTC', 'usd', monthly(31), '2026-11-02T09:00Z', '2026-11-30T09:00Z', 'and November pays too'],
  // banks
  ['Asia/Tokyo', 'jpy', daily, '2026-12-30T06:00Z', '2027-01-04T00:00Z', 'shut until 4 January'],
  ['Asia/Tokyo', 'jpy', monthly(31), '2026-12-01T00:00Z', '2027-01-04T00:00Z', 'into the new year'],
  ['Asia/Tokyo', 'jpy', daily, '2026-05-01T06:00Z', '2026-05-07T00:00Z', 'five days in a row'],
  ['Europe/Berlin', 'eur', daily, '2026-04-02T12:00Z', '2026-04-07T07:00Z', 'Easter'],
  [
    'Europe/London',
    'gbp',
    daily,
    '2026-12-24T12:00Z',
    '2026-12-29T09:00Z',
    'Boxing Day made up for',
  ],
  [
    'Europe/Berlin',
    'eur',
    mondays,
    '2026-05-20T00:00Z',
    '2026-05-25T07:00Z',
    'TARGET is open on Whit Monday',
  ],
  [
    'Asia/Riyadh',
    'sar',
    daily,
    '2026-11-26T12:00Z',
    '2026-11-29T06:00Z',
    'Friday and Saturday rest',
  ],
  [
    'Asia/Dubai',
    'aed',
    daily,
    '2026-11-20T12:00Z',
    '2026-11-23T05:00Z',
    'Saturday and Sunday rest',
  ],
  ['Europe/Berlin', 'eur', daily, '2026-12-23T12:00Z', '2026-12-24T08:00Z', 'shut from 14:00 only'],
  // the currency decides, not the country
  ['Europe/Paris', 'eur', daily, '2028-04-13T12:00Z', '2028-04-18T07:00Z', 'Good Friday in France'],
  ['Europe/Paris', 'eur', daily, '2028-12-24T12:00Z', '2028-12-27T08:00Z', 'and 26 December'],
  ['Europe/Paris', 'eur', daily, '2026-07-13T12:00Z', '2026-07-14T07:00Z', 'but 14 July is open'],
  ['UTC', 'usd', daily, '2026-07-02T12:00Z', '2026-07-03T09:00Z', 'Saturday’s holiday stays there'],
  ['UTC', 'usd', daily, '2027-07-02T12:00Z', '2027-07-06T09:00Z', 'Sunday’s is kept on Monday'],
  ['Europe/London', 'gbp', daily, '2027-12-24T12:00Z', '2027-12-29T09:00Z', 'two substitute days'],
  // the rule
  ['UTC', 'eur', { ...monthly(31), ...previous }, '2026-10-01T00:00Z', '2026-10-30T09:00Z', 'back'],
  ['UTC', 'eur', { ...monthly(1), ...previous }, '2026-12-02T00:00Z', '2026-12-31T09:00Z', 'year'],
  ['UTC', 'eur', { ...monthly(31), ...none }, '2026-10-01T00:00Z', '2026-10-31T09:00Z', 'stays'],
  ['UTC', 'eur', { ...daily, ...previous }, '2026-10-30T09:00Z', '2026-11-02T09:00Z', 'once only'],
  // cron
  ['UTC', 'eur', cron('0 9 1,15 * *'), '2026-12-02T00:00Z', '2026-12-15T09:00Z', 'twice a month'],
  ['UTC', 'eur', cron('0 9 * * 5#L'), '2026-12-01T00:00Z', '2026-12-28T09:00Z', 'last Friday: 25'],
  ['UTC', 'eur', cron('0 9 29 2 *'), '2026-12-01T00:00Z', '2028-02-29T09:00Z', 'years from now'],
  // edges
  ['UTC', 'eur', daily, '2026-11-23T09:00Z', '2026-11-24T09:00Z', 'now is not still to come'],
  ['UTC', 'eur', daily, '2026-11-23T08:59Z', '2026-11-23T09:00Z', 'a minute later it comes'],
  ['Pacific/Kiritimati', 'usd', mondays, '2026-11-22T12:00Z', '2026-11-22T19:00Z', '14 h ahead'],
  ['Pacific/Pago_Pago', 'usd', mondays, '2026-11-22T12:00Z', '2026-11-23T20:00Z', '11 h behind'],
];

/** XOF belongs to several countries, so the seller’s country decides. */
const atInXof = { currency: 'xof', country: 'AT' };

test('a holiday on the day that the clocks go back closes no other day', () => {
  expect(isBankDay(Date.UTC(2031, 9, 27), atInXof)).toBe(true); // its national day is the Sunday before
});

describe('the next payday', () => {
  test.each(table)(
    'in %s (%s) of %j after %s is %s: %s',
    (timeZone, currency, given, now, next) => {
      const schedule = { ...manualSchedule, timeZone, ...given };
      const { upcoming } = paydaysAround(
        { schedule, currency, country: 'SN' },
        { now: new Date(now).toISOString(), count: 1 },
      );
      expect(upcoming).toEqual([new Date(next).toISOString()]);
    },
  );

  test('of a manual schedule never comes', () => {
    const seller = { schedule: manualSchedule, ...germany };
    const around = paydaysAround(seller, { now: '2026-11-23T09:00:00.000Z', count: 5 });
    expect(around).toEqual({ latest: null, upcoming: [] });
  });

  test('that has come is the latest until the following one comes', () => {
    const schedule = { ...manualSchedule, ...mondays };
    const latestAt = (now: string) =>
      paydaysAround({ schedule, currency: 'nzd', country: 'NZ' }, { now, count: 1 }).latest;
    expect(latestAt('2026-11-23T08:59:59.999Z')).toBe('2026-11-16T09:00:00.000Z');
    expect(latestAt('2026-11-23T09:00:00.000Z')).toBe('2026-11-23T09:00:00.000Z');
    expect(latestAt('2026-11-29T00:00:00.000Z')).toBe('2026-11-23T09:00:00.000Z');
  });
});

const anySchedule = fc
  .record({
    interval: fc.constantFrom('daily', 'weekly', 'monthly'),
    weekdays: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }),
    dayOfMonth: fc.integer({ min: 1, max: 31 }),
    at: fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })),
    timeZone: fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'America/Santiago',
      'Asia/Tokyo',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Pacific/Chatham',
      'Africa/Cairo',
      'UTC',
    ),
  })
  .map(({ at, ...given }): Schedule => {
    const time = at.map((part) => String(part).padStart(2, '0')).join(':');
    return { ...manualSchedule, ...given, at: time };
  });
const anyPlace = fc
  .constantFrom('eur', 'usd', 'jpy', 'gbp', 'aed', 'sar', 'ils', 'brl', 'npr', 'thb', 'xof')
  .map((currency) => ({ currency, country: 'SN' }));
const anyNow = fc
  .date({ min: new Date('2025-01-01'), max: new Date('2032-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

test('paydays only move on, on days when banks work, at the local time', () => {
  fc.assert(
    fc.property(anySchedule, anyPlace, anyNow, (schedule, place, now) => {
      const { latest, upcoming } = paydaysAround({ schedule, ...place }, { now, count: 8 });
      expect(upcoming).toHaveLength(8);
      const all = [...(latest === null ? [] : [latest]), now, ...upcoming];
      for (const [index, payday] of all.entries()) {
        if (index > 1) expect(payday > (all[index - 1] ?? '')).toBe(true);
        if (payday === now) continue;
        const { day, time } = localOf(payday, schedule.timeZone);
        expect(isBankDay(day, place)).toBe(true);
        if (time !== schedule.at) expectSkipped(day, schedule);
      }
    }),
    { numRuns: 150 },
  );
});

test('where they end does not depend on where one begins to look', () => {
  fc.assert(
    fc.property(anySchedule, anyPlace, anyNow, (schedule, place, now) => {
      const { upcoming } = paydaysAround({ schedule, ...place }, { now, count: 6 });
      const [first = '', ...rest] = upcoming;
      const later = paydaysAround({ schedule, ...place }, { now: first, count: 5 });
      expect(later).toEqual({ latest: first, upcoming: rest });
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['Europe/Berlin', true],
  ['America/Argentina/Buenos_Aires', true],
  ['UTC', true],
  ['Europe/Atlantis', false],
  ['+02:00', false],
  ['', false],
  ['Berlin', false],
])('%j is a zone: %s', (name, is) => {
  expect(isTimeZone(name)).toBe(is);
});

function localOf(instant: string, timeZone: string): { day: number; time: string } {
  const shown = new Date(instant).toLocaleString('sv-SE', { timeZone });
  const [date, time = ''] = shown.split(' ');
  return { day: Date.parse(`${date}T00:00:00Z`), time: time.slice(0, 5) };
}

/** Only a time that the clocks of that day never show may be another. */
function expectSkipped(day: number, { at, timeZone }: Schedule): void {
  for (let minute = -1440; minute < 2880; minute += 1) {
    const instant = new Date(day + minute * 60_000).toISOString();
    const local = localOf(instant, timeZone);
    expect(local.day === day && local.time === at).toBe(false);
  }
}
