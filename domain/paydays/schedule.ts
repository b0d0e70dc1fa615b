import type { Currency } from '../money.ts';

/** How often a seller is paid automatically. */
export type Interval = (typeof intervals)[number];
export const intervals = ['manual', 'daily', 'weekly', 'monthly', 'cron'] as const;

/** The days of the week, in the order of JavaScript's `getDay`. */
export type Weekday = (typeof weekdays)[number];
export const weekdays = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

/** Where a payday goes whose day is a weekend or a bank holiday. With `none` it stays there. */
export type BankDayRule = (typeof bankDayRules)[number];
export const bankDayRules = ['next', 'previous', 'none'] as const;

/**
 * When a seller is paid automatically. `activities/paydays/` applies time zones and bank
 * holidays; every other rule is here.
 */
export type Schedule = {
  interval: Interval;
  /** For `weekly`: at least one day. */
  weekdays: Weekday[];
  /** For `monthly`: 1 to 31. A shorter month pays on its last day. */
  dayOfMonth: number | null;
  /** For `cron`: five fields. The last three name the days; minute and hour are `at`. */
  cron: string | null;
  /** The local time of a payday, `HH:MM`. */
  at: string;
  /** The IANA name of the time zone. */
  timeZone: string;
  bankDayRule: BankDayRule;
  /** The payday pays only money that became available at least this many hours before it. */
  cutOffHours: number;
  /** Minor units by currency. A payday that would pay less pays nothing. */
  minimums: Record<Currency, number>;
  /** Minor units by currency. As soon as this amount is payable, it is paid on any day. */
  thresholds: Record<Currency, number>;
};

/** The schedule of sellers who are paid only when the platform orders a payout. */
export const manualSchedule: Schedule = {
  interval: 'manual',
  weekdays: [],
  dayOfMonth: null,
  cron: null,
  at: '09:00',
  timeZone: 'UTC',
  bankDayRule: 'next',
  cutOffHours: 0,
  minimums: {},
  thresholds: {},
};

/** The largest cut-off in hours: 31 days. */
export const longestCutOffHours = 31 * 24;

/** A field of a schedule that contradicts other fields, and the rule that it breaks. */
export type ScheduleFault = { field: keyof Schedule; key?: string; rule: string };

/** Finds the contradictions between the fields of a schedule. Each field by itself is valid. */
export function scheduleFaults(schedule: Schedule): ScheduleFault[] {
  const { interval, weekdays, dayOfMonth, cron, bankDayRule, cutOffHours } = schedule;
  const { minimums, thresholds } = schedule;
  const faults: ScheduleFault[] = [];
  const refuse = (field: keyof Schedule, rule: string, key?: string): void => {
    faults.push({ field, rule, ...(key !== undefined && { key }) });
  };
  if (interval === 'weekly' && weekdays.length === 0) {
    refuse('weekdays', 'must have at least one day with the interval weekly');
  }
  if (interval !== 'weekly' && weekdays.length > 0) {
    refuse('weekdays', 'must be absent unless the interval is weekly');
  }
  if (new Set(weekdays).size !== weekdays.length) {
    refuse('weekdays', 'must not have one day twice');
  }
  if (interval === 'monthly' && dayOfMonth === null) {
    refuse('dayOfMonth', 'is required with the interval monthly');
  }
  if (interval !== 'monthly' && dayOfMonth !== null) {
    refuse('dayOfMonth', 'must be absent unless the interval is monthly');
  }
  if (interval === 'cron' && cron === null) refuse('cron', 'is required with the interval cron');
  if (interval !== 'cron' && cron !== null) {
    refuse('cron', 'must be absent unless the interval is cron');
  }
  const ofPaydays = {
    bankDayRule: bankDayRule !== manualSchedule.bankDayRule,
    cutOffHours: cutOffHours > 0,
    minimums: Object.keys(minimums).length > 0,
  };
  for (const [field, isGiven] of Object.entries(ofPaydays)) {
    if (interval !== 'manual' || !isGiven) continue;
    const rule = 'must be absent with the interval manual, which has no paydays';
    refuse(field as keyof typeof ofPaydays, rule);
  }
  for (const [currency, threshold] of Object.entries(thresholds)) {
    if (threshold < (minimums[currency] ?? 0)) {
      refuse('thresholds', 'must not be below the minimum of its currency', currency);
    }
  }
  return faults;
}

/** A calendar day without a time zone, as its midnight in UTC. */
export type Day = number;
/** The number of milliseconds of a day in UTC. */
export const dayMs = 24 * 60 * 60 * 1000;

/** The day of an instant in UTC. Both are milliseconds since 1970. */
export function dayOf(instant: number): Day {
  return Math.floor(instant / dayMs) * dayMs;
}

/**
 * True if the schedule pays on this day, before weekends and holidays move the payday. The days of
 * `cron` need a library: `activities/paydays/nominal-days.ts`.
 */
export function isNamedDay({ interval, weekdays: named, dayOfMonth }: Schedule, day: Day): boolean {
  const date = new Date(day);
  switch (interval) {
    case 'manual':
    case 'cron':
      return false;
    case 'daily':
      return true;
    case 'weekly':
      return named.some((weekday) => weekdays.indexOf(weekday) === date.getUTCDay());
    case 'monthly':
      return date.getUTCDate() === Math.min(dayOfMonth ?? 1, lastDayOfMonth(date));
  }
}

/** The cut-off of a payday: money that becomes available later belongs to the next payday. */
export function cutOffOf({ cutOffHours }: Pick<Schedule, 'cutOffHours'>, payday: string): string {
  return new Date(Date.parse(payday) - cutOffHours * 60 * 60 * 1000).toISOString();
}

/**
 * True if the payable amount reaches the threshold of its currency, so that it is paid immediately.
 */
export function reachesThreshold(
  { thresholds }: Pick<Schedule, 'thresholds'>,
  { amount, currency }: { amount: number; currency: Currency },
): boolean {
  const threshold = thresholds[currency];
  return threshold !== undefined && amount > 0 && amount >= threshold;
}

/** True if the schedule ever pays without an order from the platform. */
export function paysByItself({ interval, thresholds }: Schedule): boolean {
  return interval !== 'manual' || Object.keys(thresholds).length > 0;
}

function lastDayOfMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}
