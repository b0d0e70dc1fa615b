const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec'.split(' ');

/** Formats an instant in UTC for people: `Fri, 27 Nov 2026, 09:00 UTC`. */
export function sayInstant(instant: string): string {
  const date = new Date(instant);
  const time = date.toISOString().slice(11, 16);
  return `${weekdays[date.getUTCDay()]}, ${sayDay(instant)}, ${time} UTC`;
}

/**
 * Formats the UTC day of an instant for people: `27 Nov 2026`. Stripe's days begin at midnight UTC.
 */
export function sayDay(instant: string): string {
  const date = new Date(instant);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** True if the instant has passed. A day has passed when the next day begins. */
export function isPast(instant: string, now: string): boolean {
  return isDay(instant) ? instant.slice(0, 10) < now.slice(0, 10) : instant <= now;
}

/** How long ago an instant or a day was: `1 day`, `5 hours`, `less than an hour`. */
export function sayAge(instant: string, now: string): string {
  const from = isDay(instant) ? `${now.slice(0, 10)}T00:00:00.000Z` : now;
  const hours = Math.floor((Date.parse(from) - Date.parse(instant)) / 3_600_000);
  if (hours < 1) return 'less than an hour';
  return hours < 24 ? count(hours, 'hour') : count(Math.floor(hours / 24), 'day');
}

/** When Stripe expects the bank to have the money. A day that has passed is not promised again. */
export function sayEstimate(day: string, now: string): string {
  if (!isPast(day, now)) return `Stripe’s estimate is ${sayDay(day)}`;
  return `The payout is ${sayAge(day, now)} overdue: Stripe’s estimate was ${sayDay(day)}. The engine reads it from Stripe again automatically. The attention list shows every payout that the bank has not confirmed a week after it was sent`;
}

/** From when something happens. A time that has passed is not promised again. */
export function sayFrom(instant: string, now: string): string {
  return isPast(instant, now) ? 'now, as the engine’s next step' : `from ${sayInstant(instant)}`;
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}

/** A day, or an instant at midnight UTC: Stripe names the days of deadlines so. */
function isDay(instant: string): boolean {
  return ['', 'T00:00:00.000'].includes(instant.slice(10, 23));
}
