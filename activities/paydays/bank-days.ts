import Holidays from 'date-holidays';
import { type Day, dayMs } from '../../domain/paydays/schedule.ts';
import { closedDays } from './closed-days.ts';

/** What decides on which days a payout can move: its currency, and where that is shared, a country. */
export type BankPlace = {
  /** ISO 4217, in lower case. */
  currency: string;
  /** ISO 3166-1 alpha-2, in upper case. Counts only if no single country issues the currency. */
  country: string;
};

/**
 * True if the banks that move this currency are open on the morning of this day. The currency
 * decides, not the seller’s country: a payment in EUR moves on a national holiday, because TARGET is
 * open (ECB, calendar of the T2 service).
 */
export function isBankDay(day: Day, place: BankPlace): boolean {
  const country = countryOf(place);
  const weekend = weekends[country] ?? saturdayAndSunday;
  if (weekend.includes(new Date(day).getUTCDay())) return false;
  return !isHoliday(day, country);
}

/** The place whose calendar counts: a currency with rows of its own, or a country. */
function countryOf({ currency, country }: BankPlace): string {
  if (currency in closedDays) return currency;
  // ISO 4217: a national currency begins with the country’s code, and X begins the others.
  return currency.startsWith('x') ? country : currency.slice(0, 2).toUpperCase();
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
function isHoliday(day: Day, place: string): boolean {
  const known = closed.get(place) ?? { days: new Set(), years: new Set() };
  closed.set(place, known);
  const year = new Date(day).getUTCFullYear();
  if (!known.years.has(year)) addYear(known, place, year);
  return known.days.has(day);
}

function addYear({ days, years }: Closed, place: string, year: number): void {
  years.add(year);
  for (const { date: text, start, end } of holidaysOf(place).getHolidays(year)) {
    const [date = '', time = ''] = text.split(' ');
    if (time >= '12:00') continue;
    // Rounded, because a day on which the clocks change has an hour more or less.
    const lasts = Math.max(Math.round((end.getTime() - start.getTime()) / dayMs), 1);
    const first = Date.parse(`${date}T00:00:00Z`);
    for (let index = 0; index < lasts; index += 1) days.add(first + index * dayMs);
  }
}

function holidaysOf(place: string): Holidays {
  const own = closedDays[place];
  if (own === undefined) return new Holidays(place, { types: ['public', 'bank'] });
  if ('state' in own) return new Holidays(own.country, own.state, { types: ['public', 'bank'] });
  const calendar = new Holidays();
  for (const rule of own.rules) calendar.setHoliday(rule, { name: rule, type: 'bank' });
  return calendar;
}
