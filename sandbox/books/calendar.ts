const daySeconds = 86_400;
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** Midnight UTC of the n-th business day after a moment; weekends do not count. */
export function addBusinessDays(from: number, days: number): number {
  let day = startOfDay(from);
  for (let left = days; left > 0;) {
    day += daySeconds;
    if (isBusinessDay(day)) left -= 1;
  }
  return day;
}

/** Midnight UTC of a moment's day. */
export function startOfDay(seconds: number): number {
  return seconds - (seconds % daySeconds);
}

/** The first midnight UTC at or after a moment. */
export function nextMidnight(seconds: number): number {
  return startOfDay(seconds + daySeconds - 1);
}

/** Is this day a weekday? */
export function isBusinessDay(seconds: number): boolean {
  return !['saturday', 'sunday'].includes(weekdayOf(seconds));
}

/** The English name of a day. */
export function weekdayOf(seconds: number): string {
  return weekdays[new Date(seconds * 1000).getUTCDay()] ?? 'sunday';
}

/** Is this day of the month one of those asked for? Days 29 to 31 fall on the last day. */
export function isDayOfMonth(seconds: number, days: number[]): boolean {
  const date = new Date(seconds * 1000);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return days.some((day) => Math.min(day, last) === date.getUTCDate());
}
