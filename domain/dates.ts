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
