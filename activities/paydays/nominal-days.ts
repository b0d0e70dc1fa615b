import { Cron } from 'croner';
import { type Day, dayMs, isNamedDay, type Schedule } from '../../domain/paydays/schedule.ts';

/** True if the schedule pays on this day, before weekends and holidays move the payday. */
export function isNominalDay(schedule: Schedule, day: Day): boolean {
  if (schedule.cron === null) return isNamedDay(schedule, day);
  return daysOf(schedule.cron).match(new Date(day));
}

/** The nominal days of a schedule from a day on. They may be without end. */
export function* nominalDays(schedule: Schedule, from: Day): Generator<Day> {
  if (schedule.cron !== null) {
    const days = daysOf(schedule.cron);
    let next = days.nextRun(new Date(from - 1));
    while (next !== null) {
      yield next.getTime();
      next = days.nextRun(next);
    }
    return;
  }
  if (schedule.interval === 'manual') return;
  for (let day = from; ; day += dayMs) {
    if (isNamedDay(schedule, day)) yield day;
  }
}

/** The rule that a cron expression breaks. Null for a valid one. */
export function cronFault(expression: string): string | null {
  if (!/^\d+ \d+ \S+ \S+ \S+$/.test(expression) || atOfCron(expression) === null) {
    return 'must have five fields, of which the minute and the hour are single numbers, such as 0 9 1,15 * *';
  }
  try {
    return daysOf(expression).nextRun() === null ? 'must name a day that exists' : null;
  } catch {
    return 'must be a cron expression, such as 0 9 1,15 * *';
  }
}

/** The local time of a cron expression, `HH:MM`. Null if its minute or hour is impossible. */
export function atOfCron(expression: string): string | null {
  const [minute = 60, hour = 24] = expression.split(' ').map(Number);
  if (minute > 59 || hour > 23) return null;
  return [hour, minute].map((part) => String(part).padStart(2, '0')).join(':');
}

const known = new Map<string, Cron>();

/** The days of an expression: its time is the schedule's `at`, in the schedule's zone. */
function daysOf(expression: string): Cron {
  const days = expression.split(' ').slice(2).join(' ');
  const kept = known.get(days);
  if (kept) return kept;
  const cron = new Cron(`0 0 ${days}`, { timezone: 'UTC', mode: '5-part', paused: true });
  known.set(days, cron);
  return cron;
}
