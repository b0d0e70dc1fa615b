import Holidays from 'date-holidays';
import { type Day, dayMs, isNamedDay, type Schedule } from '../domain/paydays/schedule.ts';

/** The paydays around a moment, as instants in UTC. */
export type Paydays = {
  /** The latest payday that has already come. Null if the schedule is manual. */
  latest: string | null;
  /** The paydays to come, soonest first. */
  upcoming: string[];
};

/**
 * The most days from a payday's nominal day to the next bank day, plus the days between two nominal
 * days.
 */
const longestGapDays = 62;

/**
 * The paydays of a seller in this country: the days of the schedule, moved to the next day on which
 * banks are open, at the schedule's local time.
 */
export function paydaysAround(
  { schedule, country }: { schedule: Schedule; country: string },
  { now, count }: { now: string; count: number },
): Paydays {
  let latest: string | null = null;
  const upcoming: string[] = [];
  if (schedule.interval === 'manual' || count === 0) return { latest, upcoming };
  let day = dayOf(Date.parse(now)) - longestGapDays * dayMs;
  let last = 0;
  while (upcoming.length < count) {
    const payday = isNamedDay(schedule, day) ? nextBankDay(day, country) : last;
    if (payday > last) {
      last = payday;
      const at = toInstant(payday, schedule);
      if (at > now) upcoming.push(at);
      else latest = at;
    }
    day += dayMs;
  }
  return { latest, upcoming };
}

/**
 * Formats a payday for people, and says if the payday is the bank day after a day of the schedule on
 * which banks are closed.
 */
export function sayPayday(schedule: Schedule, at: string): string {
  const said = sayInstant(at, schedule.timeZone);
  const instant = Date.parse(at);
  const day = dayOf(instant + offsetAt(instant, schedule.timeZone));
  return isNamedDay(schedule, day) ? said : `${said}, moved to the next bank day`;
}

/**
 * Formats an instant in a time zone for people: `Fri, 27 Nov 2026, 09:00 Europe/Berlin`.
 * As a day: `27 Nov 2026`. `domain/dates.ts` formats UTC in the same way without `Intl`.
 */
export function sayInstant(instant: string, timeZone = 'UTC', as?: 'day'): string {
  if (as === 'day') {
    const day = { timeZone, day: 'numeric', month: 'short', year: 'numeric' } as const;
    return new Intl.DateTimeFormat('en-GB', day).format(new Date(instant));
  }
  const said = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(instant));
  return `${said} ${timeZone}`;
}

/**
 * True if the IANA database has a time zone of this name. An offset is not a time zone, because it
 * has no daylight saving time.
 */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return Boolean(clockOf(name));
  } catch {
    return false;
  }
}

/** True if the banks of a country are open on this day. */
export function isBankDay(day: Day, country: string): boolean {
  const weekend = weekends[country] ?? saturdayAndSunday;
  if (weekend.includes(new Date(day).getUTCDay())) return false;
  return !isHoliday(day, country);
}

function nextBankDay(day: Day, country: string): Day {
  let open = day;
  while (!isBankDay(open, country)) open += dayMs;
  return open;
}

const saturdayAndSunday = [6, 0];
/**
 * Countries whose banks close on other days than Saturday and Sunday (the central banks' own
 * calendars, 2026).
 */
const weekends: Record<string, number[]> = {
  ...Object.fromEntries(
    'BD BH DZ EG IL IQ JO KW LY MV OM QA SA SD YE'.split(' ').map((country) => [country, [5, 6]]),
  ),
  BN: [5, 0],
  NP: [6],
};

type Closed = { days: Set<Day>; years: Set<number> };
const closed = new Map<string, Closed>();

/**
 * True if the banks are closed on the morning of this day. Each year is computed once per process.
 */
function isHoliday(day: Day, country: string): boolean {
  const known = closed.get(country) ?? { days: new Set(), years: new Set() };
  closed.set(country, known);
  const year = new Date(day).getUTCFullYear();
  if (!known.years.has(year)) addYear(known, country, year);
  return known.days.has(day);
}

function addYear({ days, years }: Closed, country: string, year: number): void {
  years.add(year);
  const calendar = new Holidays(country, { types: ['public', 'bank'] });
  for (const { date: text, start, end } of calendar.getHolidays(year)) {
    const [date = '', time = ''] = text.split(' ');
    if (time >= '12:00') continue;
    // Rounded, because a day on which the clocks change has an hour more or less.
    const lasts = Math.max(Math.round((end.getTime() - start.getTime()) / dayMs), 1);
    const first = Date.parse(`${date}T00:00:00Z`);
    for (let index = 0; index < lasts; index += 1) days.add(first + index * dayMs);
  }
}

/**
 * The moment at which a clock in the zone shows this day and time. A time that the clocks skip is
 * moved one hour later. If a time occurs twice, the first occurrence counts.
 */
function toInstant(day: Day, { at, timeZone }: Schedule): string {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const local = day + (hours * 60 + minutes) * 60_000;
  const before = local - offsetAt(local - dayMs, timeZone);
  const after = local - offsetAt(local + dayMs, timeZone);
  const shows = (instant: number): boolean => instant + offsetAt(instant, timeZone) === local;
  return new Date(shows(before) || !shows(after) ? before : after).toISOString();
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = clockOf(timeZone).formatToParts(instant);
  const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  );
  return shown - Math.floor(instant / 1000) * 1000;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(timeZone, clock);
  return clock;
}

function dayOf(instant: number): Day {
  return Math.floor(instant / dayMs) * dayMs;
}
