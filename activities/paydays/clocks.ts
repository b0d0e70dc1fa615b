import { type Day, dayMs, dayOf, type Schedule } from '../../domain/paydays/schedule.ts';
import { isNominalDay } from './nominal-days.ts';

/**
 * Formats a payday for people, and says if the payday is the bank day beside a day of the schedule on
 * which banks are closed.
 */
export function sayPayday(schedule: Schedule, at: string): string {
  const said = sayInstant(at, schedule.timeZone);
  const instant = Date.parse(at);
  const day = dayOf(instant + offsetAt(instant, schedule.timeZone));
  return isNominalDay(schedule, day)
    ? said
    : `${said}, moved to the ${schedule.bankDayRule} bank day`;
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

/**
 * The moment at which a clock in the zone shows this day and time. A time that the clocks skip is
 * moved one hour later. If a time occurs twice, the first occurrence counts.
 */
export function toInstant(day: Day, { at, timeZone }: Schedule): string {
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
